// Devices: a tablet that does not belong here hands nothing in, and keeps what it has.
import { expect, test } from '../stage/shop_floor.ts';
import { Server } from '../stage/server.ts';
import { PINS, Shop } from '../stage/shop.ts';

test("another organisation's tablet is refused and keeps what it sold", async ({ floor }) => {
  const server = await floor.server();
  const proxy = await floor.proxy(server);
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, proxy.address);
  await till.readyForOffline();

  // The same address, and behind it another shop's server.
  const elsewhere: Server = await floor.server();
  const neighbour: Shop = await floor.shop(elsewhere.address);
  proxy.target = elsewhere.address;
  // It is told as soon as it is heard of there, and holds on to what it has.
  await till.add('Regency cakestand');
  await till.charge();
  await till.page.getByRole('group', { name: 'Likely amounts' }).getByRole('button').first().click();
  await till.page.getByRole('button', { name: 'Take cash and finish' }).click();
  await expect(till.page.getByText(/1 record is still here/)).toBeVisible();
  await expect(till.page.getByRole('button', { name: 'Export unsent records' })).toBeVisible();
  expect(await neighbour.sales()).toEqual([]);
  expect(await neighbour.kept()).toEqual([]);

  // Home again, everything is there.
  proxy.target = server.address;
  await till.page.getByRole('button', { name: 'Try now' }).click();
  await till.signIn('Priya', PINS.Priya);
  await till.expectSync('All sales synced');
  await shop.expectBooks([{ number: '01-000001', total: 1_275 }]);
});
