// Clock: a tablet whose clock is wrong by a day sells all the same, says so, and is booked with both times.
import { expect, test } from '../stage/shop_floor.ts';

test('a tablet a day ahead is told, and its sale is booked', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  const day = 24 * 60 * 60 * 1_000;
  await till.page.clock.setSystemTime(Date.now() + day);
  const receipt = await till.sell(['Regency cakestand']);
  await shop.expectBooks([{ number: receipt.number, total: 1_275 }]);
  await till.expectSync('All sales synced');
  await till.page.getByRole('link', { name: 'Tablet' }).click();
  await expect(till.page.getByText(/clock is 14[34]\d minutes ahead/)).toBeVisible();
  const [row] = await shop.sales();
  const { sale, received_at_ms } = await shop.sale(row?.id ?? '');
  const sold = (sale.time as { at_ms: number }).at_ms;
  expect(Math.round((sold - received_at_ms) / day)).toBe(1);
});
