// Giving: a tip and a donation on top of the bill, and a customer who pays no tax, from the till to the books.
import { AxeBuilder } from '@axe-core/playwright';
import { type Page } from '@playwright/test';
import { office } from '../stage/office.ts';
import { expect, test } from '../stage/shop_floor.ts';

async function lookedAt(page: Page): Promise<void> {
  for (const size of [{ width: 820, height: 1180 }, { width: 1280, height: 800 }]) {
    await page.setViewportSize(size);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  }
}

test('a tip and the rest to a whole amount are given on top, and are no turnover', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address, { giving: { tips: [100_000, 150_000], donation: 'the food bank' } });
  const till = await floor.till(shop, server.address);
  await till.readyForOffline();
  await till.offline(true);
  await till.add('Regency cakestand');
  await till.charge();
  const due = till.page.locator('[data-total]');
  const tips = till.page.getByRole('group', { name: 'Tip' });
  await tips.getByRole('button', { name: /^15 %/ }).click();
  await expect(due).toHaveText('£14.66');
  // Pressed once more it is gone.
  await tips.getByRole('button', { name: /^15 %/ }).click();
  await expect(due).toHaveText('£12.75');
  await tips.getByRole('button', { name: /^10 %/ }).click();
  await expect(tips.getByRole('button', { name: /^10 %/ })).toHaveAttribute('aria-pressed', 'true');
  await expect(due).toHaveText('£14.03');
  await till.page.getByRole('button', { name: '£0.97 more for the food bank' }).click();
  await expect(due).toHaveText('£15.00');
  await lookedAt(till.page);
  // Another tip takes the place of the first.
  await tips.getByRole('button', { name: 'Other' }).click();
  const other = till.page.getByRole('dialog', { name: 'Tip' });
  await other.getByRole('textbox').fill('2');
  await lookedAt(till.page);
  await other.getByRole('button', { name: 'Put it on the bill' }).click();
  // What goes to the food bank is what is missing then.
  await expect(due).toHaveText('£15.00');
  await expect(tips.getByRole('button', { name: '£2.00' })).toHaveAttribute('aria-pressed', 'true');
  const given = await till.payCash();
  const receipt = till.page.locator('article.receipt');
  await expect(receipt).toContainText(/Tip\s*2\.00/);
  await expect(receipt).toContainText(/For the food bank\s*0\.25/);
  await till.newSale();
  await till.offline(false);
  await shop.expectBooks([{ number: given.number, total: 1_500 }]);
  const sale = (await shop.saleOf(given.number)) as { lines: { kind: string }[] };
  expect(sale.lines.map((line) => line.kind)).toEqual(['product', 'tip', 'donation']);
  // Today's net sales are the goods alone.
  const desk = await office(floor, server.address);
  await expect(desk.getByText('£10.63').or(desk.getByText('£10.62')).first()).toBeVisible();
});

test('a customer who is exempt pays no tax, and the receipt says why', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  const desk = await office(floor, server.address);
  await desk.goto(`${server.address}/manage/customers/new`);
  await desk.getByRole('textbox', { name: 'Name', exact: true }).fill('Relief Mission');
  await desk.getByRole('textbox', { name: 'Customer or card number' }).fill('K-77');
  await desk.getByRole('textbox', { name: 'Tax exemption' }).fill('ST-5 4711');
  await lookedAt(desk);
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText('Relief Mission is saved.')).toBeVisible();

  const cart = till.page.getByRole('complementary', { name: 'The sale' });
  await till.add('Doormat fancy font home');
  await expect(async () => {
    await till.scan('K-77');
    await expect(cart.getByText('Tax exempt')).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 20_000 });
  // 6.75 with 20 % inside: 1.13 of it is tax.
  await expect(cart.getByText('Tax not charged')).toBeVisible();
  await expect(till.page.getByRole('button', { name: /^Charge/ })).toContainText('£5.62');
  await lookedAt(till.page);
  await till.charge();
  const sold = await till.payCash();
  const receipt = till.page.locator('article.receipt');
  await expect(receipt).toContainText('Tax exempt: ST-5 4711');
  await expect(receipt).toContainText(/Tax not charged\s*−1\.13/);
  await till.newSale();
  await shop.expectBooks([{ number: sold.number, total: 562 }]);
  expect((await shop.saleOf(sold.number)).tax).toBe(0);
});

test('a certificate that has ended exempts nothing, offline too, and the manager is told in time', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  const desk = await office(floor, server.address);
  const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const known = { id: '00000000-0000-0000-0000-000000000000', name: 'Relief Mission', number: 'K-77', tax_exemption: 'ST-5 4711' };
  const made = await shop.api.post('/api/customers', { data: { ...known, tax_exempt_until: day(-3) } });
  expect(made.ok()).toBe(true);

  // Ended: taxed like anybody, and it says why.
  const cart = till.page.getByRole('complementary', { name: 'The sale' });
  await till.add('Doormat fancy font home');
  await expect(async () => {
    await till.scan('K-77');
    await expect(cart.getByText(/^Certificate ended on/)).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 20_000 });
  await till.readyForOffline();
  await till.offline(true);
  await expect(cart.getByText('Tax exempt')).toHaveCount(0);
  await expect(till.page.getByRole('button', { name: /^Charge/ })).toContainText('£6.75');
  await lookedAt(till.page);
  await till.charge();
  const taxed = await till.payCash();
  await expect(till.page.locator('article.receipt')).not.toContainText('Tax exempt');
  await till.newSale();
  await till.offline(false);
  await shop.expectBooks([{ number: taxed.number, total: 675 }]);

  // The manager finds it among those that end, and writes down the new one's day.
  await desk.goto(`${server.address}/manage/customers`);
  await desk.getByRole('button', { name: 'Certificates that end' }).click();
  const row = desk.getByRole('row').filter({ hasText: 'Relief Mission' });
  await expect(row).toContainText('The certificate ended on');
  await lookedAt(desk);
  await row.getByRole('link').click();
  await expect(desk.getByText(/^The certificate ended on .*: tax is charged\.$/)).toBeVisible();
  await desk.getByLabel('Tax exempt until').fill(day(20));
  await expect(desk.getByText(/^The certificate ends on/)).toBeVisible();
  await lookedAt(desk);
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText('Relief Mission is saved.')).toBeVisible();

  await till.add('Doormat fancy font home');
  await expect(async () => {
    await till.scan('K-77');
    await expect(cart.getByText('Tax exempt', { exact: true })).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 20_000 });
  await till.charge();
  const exempt = await till.payCash();
  await expect(till.page.locator('article.receipt')).toContainText('Tax exempt: ST-5 4711');
  await till.newSale();
  await shop.expectBooks([{ number: taxed.number, total: 675 }, { number: exempt.number, total: 562 }]);
});
