// Update: a new version of the app comes while sales wait, and takes none of them with it.
import { expect, test } from '../stage/shop_floor.ts';
import { PINS } from '../stage/shop.ts';

test('the app is updated with unsent sales, and never during a sale', async ({ floor }) => {
  const server = await floor.server();
  const proxy = await floor.proxy(server);
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, proxy.address);
  await till.readyForOffline();
  proxy.fate = (_method, path) => (path.startsWith('/api/') ? 'lost' : 'carried');
  const receipt = await till.sell(['Regency cakestand']);
  await till.expectSync(/1 waiting/);

  // The next release: another build id, another cache.
  proxy.rewrite = (_path, text) => text.replace(/const BUILD = "[^"]*"/, 'const BUILD = "next-release"');
  await till.add('Lunch bag');
  await till.page.evaluate(async () => {
    await (await navigator.serviceWorker.ready).update();
  });
  await expect
    .poll(() => till.page.evaluate(async () => (await navigator.serviceWorker.ready).waiting !== null))
    .toBe(true);
  // The cart is open: the app stays.
  await till.page.getByRole('link', { name: 'Tablet' }).click();
  await expect(till.page.getByText('Finish or hold the open sale first', { exact: false })).toBeVisible();
  await till.page.getByRole('link', { name: 'Sell' }).click();
  await till.charge();
  const second = await till.payCash();
  await till.newSale();
  await till.page.getByRole('link', { name: 'Tablet' }).click();
  await till.page.getByRole('button', { name: 'Update now' }).click();
  await expect
    .poll(() => till.page.evaluate(() => caches.keys()).catch(() => []))
    .toEqual(['app-next-release']);
  await till.signIn('Priya', PINS.Priya);
  await till.expectSync(/2 waiting/);
  proxy.fate = () => 'carried';
  await till.tryNow();
  await till.expectSync('All sales synced');
  await shop.expectBooks([
    { number: receipt.number, total: 1_275 },
    { number: second.number, total: 165 },
  ]);
});
