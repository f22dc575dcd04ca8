// Square: cash where the smallest coin is five cents, and totals that are no multiple of it.
// Named after a thread of that product's developer forum (docs/reliability.md).
import { expect, test } from '../../stage/shop_floor.ts';

const CANADA = {
  name: 'Queen Street West',
  address: ['12 Queen Street West', 'Toronto ON'],
  country: 'CA',
  currency: 'CAD',
  time_zone: 'America/Toronto',
  tax: { prices_include_tax: false, rounded: 'line', rounding: 'half_away_from_zero' },
  cash_rounding: { step_minor: 5, rounding: 'half_away_from_zero' },
};

test('Square forum, "5-cent CAD rounding": a cash sale that is no multiple of five cents is closed', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address, CANADA);
  const till = await floor.till(shop, server.address);
  const { page } = till;

  // Up: 1.65 and 20 % on top are 1.98.
  await till.add('Lunch bag');
  await till.charge();
  await expect(page.locator('.pay-due')).toContainText('1.98');
  await page.getByRole('group', { name: 'Likely amounts' }).getByRole('button', { name: '$2', exact: true }).click();
  await expect(page.getByText(/rounded to .*0\.05/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Take cash and finish' }).click();
  const up = await till.receipt();
  await expect(page.getByRole('region', { name: 'Receipt' })).toContainText(/Rounding.*0\.02/);
  await till.newSale();

  // Down: two of 2.55 and the tax are 6.12. The change is coins that there are.
  await till.add('White hanging heart');
  await till.add('White hanging heart');
  await till.charge();
  await page.keyboard.type('1000', { delay: 70 });
  await page.getByRole('button', { name: 'Take cash and finish' }).click();
  const down = await till.receipt();
  await expect(page.locator('[data-change]')).toContainText('3.90');
  await till.newSale();

  // A card has no coins.
  await till.add('Lunch bag');
  await till.charge();
  const exact = await till.payCard();
  await till.newSale();
  await till.expectSync('All sales synced');
  await shop.expectBooks([
    { number: up.number, total: 198 },
    { number: down.number, total: 612 },
    { number: exact.number, total: 198 },
  ]);
  const settled = async (number: string): Promise<unknown> => {
    const { cash_rounding, change, tenders } = await shop.saleOf(number);
    return { cash_rounding, change, taken: (tenders as { amount: number }[]).map((tender) => tender.amount) };
  };
  expect(await settled(up.number)).toEqual({ cash_rounding: 2, change: 0, taken: [200] });
  expect(await settled(down.number)).toEqual({ cash_rounding: -2, change: 390, taken: [1_000] });
  expect(await settled(exact.number)).toEqual({ cash_rounding: 0, change: 0, taken: [198] });
  expect(await shop.kept()).toEqual([]);
});
