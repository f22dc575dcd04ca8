// Offline: a tablet without a connection sells, starts and keeps everything, and hands it in later.
import { expect, test } from '../stage/shop_floor.ts';
import { PINS } from '../stage/shop.ts';

test('sold offline, reloaded offline, handed in once when the connection is back', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  await till.readyForOffline();

  await till.offline(true);
  const first = await till.sell(['Regency cakestand']);
  await till.expectSync(/Offline, 1 waiting/);

  // A cold start without a network: the service worker has the app, the tablet the rest.
  await till.page.reload();
  await till.signIn('Priya', PINS.Priya);
  await till.expectSync(/Offline, 1 waiting/);
  const second = await till.sell(['Doormat fancy font', 'Lunch bag']);
  await till.expectSync(/Offline, 2 waiting/);
  expect(await shop.sales()).toEqual([]);

  await till.offline(false);
  await till.expectSync('All sales synced');
  await shop.expectBooks([
    { number: first.number, total: 1_275 },
    { number: second.number, total: 840 },
  ]);
  expect(first.number).not.toBe(second.number);
});

test('a language chosen offline is there after a reload, and the manager’s pages say what they need', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  await till.readyForOffline();
  await till.offline(true);

  await till.page.getByRole('link', { name: 'Tablet' }).click();
  await till.page.getByRole('button', { name: 'Deutsch' }).click();
  await expect(till.page.getByRole('heading', { name: 'Wer verkauft?' })).toBeVisible();
  await till.page.reload();
  await expect(till.page.getByRole('heading', { name: 'Wer verkauft?' })).toBeVisible();
  await expect(till.page.locator('html')).toHaveAttribute('lang', 'de');

  await till.page.goto(`${server.address}/manage`);
  await expect(till.page.getByRole('heading', { name: 'brauchen das Internet' })).toBeVisible();
  await till.offline(false);
  await till.page.getByRole('button', { name: 'Noch einmal versuchen' }).click();
  await expect(till.page.getByRole('heading', { name: 'Anmelden' })).toBeVisible();
});
