// Odoo, handing in: a queue leaves the tablet once, and only by the server's answer for it.
// Each story is named after the thread in which the users of that product told theirs (docs/reliability.md).
import { expect, test } from '../../stage/shop_floor.ts';
import { PINS } from '../../stage/shop.ts';

const PUSH = '/api/sync/push';

test('odoo/odoo#152259: the tab that sold is left while it hands in, and another hands in the same', async ({ floor }) => {
  const server = await floor.server();
  const proxy = await floor.proxy(server);
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, proxy.address);
  const second = await till.secondTab();
  await till.signIn('Priya', PINS.Priya, second);
  await till.offline(true);
  const receipts = [
    { ...(await till.sell(['Regency cakestand'])), total: 1_275 },
    { ...(await till.sell(['Lunch bag'])), total: 165 },
  ];

  // The server has taken the queue; the tab is gone before it hears so.
  let pushes = 0;
  proxy.answered = async (path) => {
    if (path === PUSH) {
      pushes += 1;
      await (pushes === 1 ? till.page.close() : Promise.resolve());
    }
  };
  await till.offline(false);
  await expect.poll(() => pushes, { timeout: 20_000 }).toBe(2);
  await till.expectSync('All sales synced', second);
  await shop.expectBooks(receipts);
  expect(await shop.kept()).toEqual([]);
});

test('odoo/odoo#152259: two tabs that know nothing of each other hand in the same queue', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  // A browser without locks: every tab takes itself for the one that hands in.
  await till.context.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined });
  });
  await till.page.reload();
  await till.signIn('Priya', PINS.Priya);
  const second = await till.secondTab();
  await till.signIn('Priya', PINS.Priya, second);
  await till.offline(true);
  const receipts = [
    { ...(await till.sell(['Regency cakestand'])), total: 1_275 },
    { ...(await till.sell(['Lunch bag'], second)), total: 165 },
  ];
  const senders = new Set<unknown>();
  till.context.on('request', (request) => {
    if (request.url().endsWith(PUSH)) {
      senders.add(request.frame().page());
    }
  });
  await till.offline(false);
  await till.expectSync('All sales synced');
  await till.expectSync('All sales synced', second);
  expect(senders.size).toBe(2);
  await shop.expectBooks(receipts);
  expect(await shop.kept()).toEqual([]);
});

test('odoo/odoo#261096: the connection goes again while a queue is handed in', async ({ floor }) => {
  const server = await floor.server();
  const proxy = await floor.proxy(server);
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, proxy.address);
  await till.readyForOffline();
  await till.offline(true);
  const receipts = [];
  for (let count = 0; count < 3; count += 1) {
    receipts.push({ ...(await till.sell(['White hanging heart'])), total: 255 });
  }

  // The server has them, and the answer does not come through.
  let pushes = 0;
  proxy.fate = (_method, path) => (path === PUSH ? 'answer lost' : 'carried');
  proxy.answered = async (path) => {
    if (path === PUSH) {
      pushes += 1;
    }
  };
  await till.offline(false);
  await expect.poll(() => pushes, { timeout: 20_000 }).toBeGreaterThan(0);
  await till.offline(true);
  await till.expectSync(/Offline, 3 waiting/);
  receipts.push({ ...(await till.sell(['Lunch bag'])), total: 165 });
  await till.expectSync(/Offline, 4 waiting/);

  // Loaded anew in this state, as the users of the thread did.
  await till.page.reload();
  await till.signIn('Priya', PINS.Priya);
  await till.expectSync(/Offline, 4 waiting/);

  // Once more, and now nothing even reaches the server.
  proxy.fate = (_method, path) => (path === PUSH ? 'lost' : 'carried');
  const before = proxy.lost.length;
  await till.offline(false);
  await expect.poll(() => proxy.lost.length, { timeout: 20_000 }).toBeGreaterThan(before);
  await till.offline(true);
  await till.expectSync(/Offline, 4 waiting/);
  await shop.expectBooks(receipts.slice(0, 3));

  // The connection stays: all of it is handed in by itself.
  proxy.fate = () => 'carried';
  proxy.answered = async () => {};
  await till.offline(false);
  await till.expectSync('All sales synced');
  await shop.expectBooks(receipts);
  expect(await shop.kept()).toEqual([]);
});
