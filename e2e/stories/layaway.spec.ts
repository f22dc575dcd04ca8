// Layaway: goods are put aside for a customer with a deposit, another part is paid at another till without a network, and
// they are handed over for the rest; a manager sees what waits.
import { AxeBuilder } from '@axe-core/playwright';
import { type Page } from '@playwright/test';
import { office } from '../stage/office.ts';
import { expect, test } from '../stage/shop_floor.ts';
import { type Tablet } from '../stage/tablet.ts';

async function lookedAt(page: Page): Promise<void> {
  for (const size of [{ width: 820, height: 1180 }, { width: 1280, height: 800 }]) {
    await page.setViewportSize(size);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  }
}

/** What was put aside by a receipt, found by its number. */
async function putAside(till: Tablet, number: string) {
  await till.page.getByRole('link', { name: 'Receipts' }).click();
  await till.page.getByRole('searchbox').fill(number);
  return till.page.getByRole('region', { name: 'Put aside' });
}

test('goods are put aside with a deposit, paid in parts at two tills, and handed over for the rest', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const first = await floor.till(shop, server.address);
  const second = await floor.till(shop, server.address);
  await second.readyForOffline();

  // 2 × 12.75 + 6.75 = 32.25, for somebody who is named.
  await first.add('Regency cakestand');
  await first.add('Regency cakestand');
  await first.add('Doormat');
  await first.page.getByRole('button', { name: 'More…' }).click();
  await expect(first.page.getByRole('button', { name: 'Put aside with a deposit' })).toBeDisabled();
  await first.page.keyboard.press('Escape');
  const own = first.page.getByRole('complementary', { name: 'The sale' });
  await own.getByRole('button', { name: 'Add customer' }).click();
  await first.page.getByRole('dialog', { name: 'Customer' }).getByRole('button', { name: 'New customer' }).click();
  const form = first.page.getByRole('dialog', { name: 'New customer' });
  await form.getByRole('textbox', { name: 'Name' }).fill('Ada Byron');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(own.getByText('Ada Byron')).toBeVisible();
  await first.page.getByRole('button', { name: 'More…' }).click();
  await first.page.getByRole('button', { name: 'Put aside with a deposit' }).click();
  const dialog = first.page.getByRole('dialog', { name: 'Put aside with a deposit' });
  const amount = dialog.getByRole('textbox', { name: 'Deposit' });
  await expect(amount).toHaveValue('6.45');
  await amount.fill('40');
  await dialog.getByRole('button', { name: 'Take the deposit' }).click();
  await expect(dialog.getByText('An amount up to £32.25.')).toBeVisible();
  await amount.fill('10');
  await lookedAt(first.page);
  await dialog.getByRole('button', { name: 'Take the deposit' }).click();
  await expect(first.page.locator('[data-total]')).toHaveText('£10.00');
  const begun = await first.payCash();
  const slip = first.page.locator('article.receipt');
  await expect(slip).toContainText('DEPOSIT');
  await expect(slip).toContainText(/2 × Regency cakestand\s*25\.50/);
  await expect(slip).toContainText(/Agreed total\s*32\.25/);
  await expect(slip).toContainText(/Left to pay\s*22\.25/);
  await first.newSale();
  await shop.expectBooks([{ number: begun.number, total: 1_000 }]);
  const desk = await office(floor, server.address);
  await desk.goto(`${server.address}/manage/layaways`);
  await expect(desk.getByRole('row', { name: /Ada Byron/ })).toContainText(/£32\.25\s*£22\.25/);
  await lookedAt(desk);

  // The other till has heard of it. Another part is paid there, without a network.
  await expect(async () => {
    const aside = await putAside(second, begun.number);
    await expect(aside).toContainText('£10.00 of £32.25 is paid, £22.25 is left.', { timeout: 2_000 });
  }).toPass({ timeout: 20_000 });
  await second.offline(true);
  const aside = await putAside(second, begun.number);
  await lookedAt(second.page);
  await aside.getByRole('button', { name: 'Pay another part' }).click();
  const part = second.page.getByRole('dialog', { name: 'Pay another part' });
  await part.getByRole('textbox', { name: 'Deposit' }).fill('12.25');
  await part.getByRole('button', { name: 'Take the deposit' }).click();
  await second.charge();
  const more = await second.payCash();
  await expect(second.page.locator('article.receipt')).toContainText(/Left to pay\s*10\.00/);
  await second.newSale();

  // The goods go out at the price that was agreed, less what was paid.
  const waits = await putAside(second, begun.number);
  await expect(waits).toContainText('£22.25 of £32.25 is paid, £10.00 is left.');
  await waits.getByRole('button', { name: 'Hand over' }).click();
  const cart = second.page.getByRole('complementary', { name: 'The sale' });
  await expect(cart.getByText(`Back from ${begun.number}`)).toBeVisible();
  await expect(second.page.getByRole('button', { name: /^Charge/ })).toContainText('£10.00');
  await second.charge();
  const handed = await second.payCash();
  await second.newSale();
  await expect(await putAside(second, begun.number)).toContainText('Handed over, or the deposit was given back.');
  await second.offline(false);
  await shop.expectBooks([
    { number: begun.number, total: 1_000 },
    { number: more.number, total: 1_225 },
    { number: handed.number, total: 1_000 },
  ]);
  const sale = (await shop.saleOf(handed.number)) as { lines: { kind: string; stocked: boolean }[]; tax: number };
  expect(sale.lines.map((line) => line.kind)).toEqual(['product', 'product', 'deposit', 'deposit']);
  await desk.reload();
  await expect(desk.getByText('Nothing is put aside')).toBeVisible();
});
