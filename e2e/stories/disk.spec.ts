// Disk: a sale is called saved after the disk has it, not before. That needs strace; without it the story fails.
import { expect, test } from '../stage/shop_floor.ts';

test('every sale is flushed to the disk before the screen calls it saved', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const disk = await floor.disk();
  const till = await floor.till(shop, server.address, { browser: disk.browser });
  // Without a connection nothing but the sale itself is written safely.
  await till.offline(true);
  const flushed = [];
  for (let sale = 0; sale < 5; sale += 1) {
    await till.add('Lunch bag');
    await till.charge();
    const before = await disk.flushes();
    await till.payCash();
    flushed.push((await disk.flushes()) - before);
    await till.newSale();
  }
  expect(Math.min(...flushed), `flushes of each sale: ${flushed}`).toBeGreaterThanOrEqual(1);
});
