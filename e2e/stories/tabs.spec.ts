// Tabs: two tabs of one tablet are one register: one journal, one row of receipt numbers.
import { expect, test } from '../stage/shop_floor.ts';
import { PINS } from '../stage/shop.ts';

test('two tabs sell at the same time and no number is given twice', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  const second = await till.secondTab();
  await till.signIn('Priya', PINS.Priya, second);
  const receipts = [];
  for (let round = 0; round < 3; round += 1) {
    await till.add('Regency cakestand');
    await till.add('Lunch bag', second);
    await till.charge();
    await till.charge(second);
    const [left, right] = await Promise.all([till.payCash(), till.payCash(second)]);
    receipts.push({ ...left, total: 1_275 }, { ...right, total: 165 });
    await till.newSale();
    await till.newSale(second);
  }
  expect(new Set(receipts.map((receipt) => receipt.number)).size).toBe(6);
  await shop.expectBooks(receipts);
  await till.expectSync('All sales synced');
  await till.expectSync('All sales synced', second);
  expect(await shop.kept()).toEqual([]);
});
