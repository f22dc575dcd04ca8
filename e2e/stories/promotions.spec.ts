// Promotions: a manager makes them, tablets have them at once, and use them without a network; every line says why.
import { AxeBuilder } from '@axe-core/playwright';
import { type Page } from '@playwright/test';
import { expect, test } from '../stage/shop_floor.ts';
import { office } from '../stage/office.ts';

async function expectNoViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}

/** Both sizes of a tablet. */
async function lookedAt(page: Page): Promise<void> {
  for (const size of [{ width: 820, height: 1180 }, { width: 1280, height: 800 }]) {
    await page.setViewportSize(size);
    await expectNoViolations(page);
  }
}

async function newPromotion(desk: Page, address: string, name: string, kind: string): Promise<void> {
  await desk.goto(`${address}/manage/promotions/new`);
  await desk.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
  await desk.getByRole('combobox', { name: 'Kind' }).selectOption(kind);
}

test('3 for 2 and a code are made, sold with offline, and stand on the line, the receipt and in the books', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  await till.readyForOffline();
  const desk = await office(floor, server.address);

  // A form that is not filled in says so, and keeps what was typed.
  await newPromotion(desk, server.address, '', 'buy_get');
  await desk.getByRole('textbox', { name: 'Pieces cheaper' }).fill('none');
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText('Give it a name of at most 60 letters.')).toBeVisible();
  await expect(desk.getByText('Enter a whole number from 1 to 1,000.')).toBeVisible();
  await desk.getByRole('textbox', { name: 'Pieces cheaper' }).fill('1');
  await desk.getByRole('textbox', { name: 'Name', exact: true }).fill('3 for 2');
  await desk.getByRole('textbox', { name: 'Priority' }).fill('5');
  await expect(desk.getByText('For example, 3 × £10.00 come to £20.00 instead of £30.00.')).toBeVisible();
  await desk.getByRole('button', { name: 'Product', exact: true }).click();
  const choice = desk.getByRole('dialog', { name: 'Choose a product' });
  await choice.getByRole('searchbox').fill('lunch');
  await choice.getByRole('button', { name: /Lunch bag/ }).click();
  await expect(desk.getByRole('button', { name: 'Remove Lunch bag red spotty' })).toBeVisible();
  await lookedAt(desk);
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText('3 for 2 is saved.')).toBeVisible();

  await newPromotion(desk, server.address, 'Club', 'percent');
  await desk.getByRole('textbox', { name: 'Code' }).fill('CLUB10');
  await desk.getByRole('textbox', { name: 'In so many sales at most' }).fill('1');
  await desk.getByRole('button', { name: 'Save' }).click();
  const row = desk.getByRole('row', { name: /Club/ });
  await expect(row).toContainText('Code CLUB10, used 0× of 1');
  await expect(row).toContainText('Runs now');
  await lookedAt(desk);

  // The tablet that was open all the while has both; the connection goes.
  await till.add('Lunch bag');
  await till.add('Lunch bag');
  const cart = till.page.getByRole('complementary', { name: 'The sale' });
  await expect(cart.getByText('1 more for 3 for 2')).toBeVisible({ timeout: 20_000 });
  await till.offline(true);
  await till.add('Lunch bag');
  await expect(cart.getByText('3 for 2 · -£1.65')).toBeVisible();
  await expect(cart.getByText('1 more for 3 for 2')).toBeHidden();

  // A code that nobody knows, and the one that is known: scanned like a product.
  await till.page.getByRole('button', { name: 'More…' }).click();
  await till.page.getByRole('button', { name: 'Coupon code' }).click();
  await till.page.getByRole('textbox', { name: 'The code on the coupon' }).fill('NOBODY');
  await till.page.getByRole('button', { name: 'Use code' }).click();
  await expect(cart.getByText('No offer here has this code.')).toBeVisible();
  await cart.getByRole('button', { name: 'Take the code NOBODY out' }).click();
  await expect(cart.getByText('No offer here has this code.')).toBeHidden();
  await till.scan('CLUB10');
  await expect(cart.getByText('Another offer goes before it.')).toBeVisible();
  await till.add('Regency cakestand');
  await expect(cart.getByText('Club · -£1.28')).toBeVisible();
  await lookedAt(till.page);

  // A reload keeps the code.
  await till.page.reload();
  await till.signIn('Priya', '2580');
  await expect(cart.getByText('Club · -£1.28')).toBeVisible();
  await till.charge();
  const sold = await till.payCash();
  const paper = till.page.locator('article.receipt');
  await expect(paper).toContainText('3 for 2');
  await expect(paper).toContainText('Club');
  await till.newSale();
  await till.offline(false);
  // 2 × 1.65 + 12.75 − 1.28
  await shop.expectBooks([{ number: sold.number, total: 1_477 }]);

  // It is counted, told to the tablet, and used up.
  await desk.goto(`${server.address}/manage/promotions`);
  await expect(desk.getByRole('row', { name: /Club/ })).toContainText('used 1× of 1', { timeout: 20_000 });
  await till.add('Regency cakestand');
  await till.scan('CLUB10');
  await expect(cart.getByText('Used as often as it may be.')).toBeVisible({ timeout: 20_000 });
});

test('a price list is set with a quantity break, and two managers do not overwrite each other', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  const desk = await office(floor, server.address);
  await desk.goto(`${server.address}/manage/price-lists`);
  await expect(desk.getByText('No price lists yet')).toBeVisible();
  await desk.goto(`${server.address}/manage/price-lists/new`);
  await desk.getByRole('textbox', { name: 'Name', exact: true }).fill('Trade');
  for (const [from, price] of [['', '1.50'], ['6', '1.25']] as const) {
    await desk.getByRole('button', { name: 'Add a price' }).click();
    const choice = desk.getByRole('dialog', { name: 'Choose a product' });
    await choice.getByRole('searchbox').fill('lunch');
    await choice.getByRole('button', { name: /Lunch bag/ }).click();
    await desk.getByRole('textbox', { name: 'From quantity' }).first().fill(from);
    await desk.getByRole('textbox', { name: 'Price', exact: true }).first().fill(price);
  }
  await lookedAt(desk);
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText('Trade is saved.')).toBeVisible();

  await till.add('Lunch bag');
  const cart = till.page.getByRole('complementary', { name: 'The sale' });
  await expect(cart.getByText('£1.50 · Trade · instead of £1.65')).toBeVisible({ timeout: 20_000 });
  for (let count = 1; count < 6; count += 1) {
    await cart.getByRole('button', { name: 'One more' }).click();
  }
  await expect(cart.getByText('6 × £1.25 · Trade · instead of £1.65')).toBeVisible();

  // Two managers at once: the second is told.
  await desk.getByRole('link', { name: 'Trade' }).click();
  await desk.getByRole('textbox', { name: 'Name', exact: true }).fill('Trade, late');
  const [list] = (await (await shop.api.get('/api/price-lists')).json()) as { id: string }[];
  const known = (await (await shop.api.get(`/api/price-lists/${list?.id}`)).json()) as Record<string, unknown>;
  const first = await shop.api.put(`/api/price-lists/${list?.id}`, { data: { ...known, name: 'Trade, first' } });
  expect(first.ok()).toBe(true);
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText(/Somebody else changed it meanwhile/)).toBeVisible();
  await desk.getByRole('button', { name: 'Load it anew' }).click();
  await expect(desk.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('Trade, first');
  await desk.getByRole('button', { name: 'Remove', exact: true }).click();
  await desk.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(desk.getByText('No price lists yet')).toBeVisible();
  await expect(cart.getByText(/Trade/)).toBeHidden({ timeout: 20_000 });
});
