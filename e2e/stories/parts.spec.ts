// Parts: pages of the register that are files of their own are there without a network, and say so where one did not come.
import { expect, test } from '../stage/shop_floor.ts';
import { PINS } from '../stage/shop.ts';

test('all parts are kept with the app: goods come back offline, after a start offline', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  const sold = await till.sell(['Regency cakestand']);
  await till.expectSync('All sales synced');
  await till.readyForOffline();
  await till.offline(true);
  await till.page.reload();
  await till.signIn('Priya', PINS.Priya);

  await till.page.getByRole('link', { name: 'Receipts' }).click();
  await till.page.getByRole('button', { name: 'Take goods back' }).click();
  const choice = till.page.getByRole('dialog', { name: `What comes back of ${sold.number}?` });
  await choice.getByRole('button', { name: 'All of it' }).click();
  await choice.getByRole('button', { name: 'Put in the sale · £12.75 back' }).click();
  await till.page.getByRole('button', { name: /^Charge|^Pay back/ }).click();
  await till.page.getByRole('button', { name: /and finish$/ }).click();
  const back = await till.receipt();
  await till.newSale();
  await till.page.getByRole('link', { name: 'Tablet' }).click();
  await expect(till.page.getByRole('heading', { name: 'Tablet', exact: true })).toBeVisible();

  await till.offline(false);
  await till.tryNow();
  await till.expectSync('All sales synced');
  await shop.expectBooks([
    { number: sold.number, total: 1_275 },
    { number: back.number, total: -1_275 },
  ]);
});

test('a part that does not come says so, keeps the cart, and comes when it is tried again', async ({ floor }) => {
  const server = await floor.server();
  const proxy = await floor.proxy(server);
  const shop = await floor.shop(server.address);
  proxy.fate = (_method, path) => (path.startsWith('/register-sale-') ? 'lost' : 'carried');
  const till = await floor.till(shop, proxy.address);
  // Half an app is not kept.
  expect(await till.page.evaluate(() => navigator.serviceWorker.controller)).toBeNull();

  await till.page.keyboard.press('F1');
  const dialog = till.page.getByRole('dialog', { name: 'This page could not be loaded' });
  await expect(dialog.getByRole('alert')).toContainText('Nothing that was recorded is lost');
  await till.page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  await till.add('Lunch bag');
  const charge = till.page.getByRole('button', { name: /^Charge/ });
  await charge.click();
  const missing = till.page.getByRole('main').filter({ hasText: 'This page could not be loaded' });
  await missing.getByRole('link', { name: 'Sell' }).click();
  await charge.click();
  await expect(missing).toBeVisible();
  proxy.fate = () => 'carried';
  await missing.getByRole('button', { name: 'Try again' }).click();
  const sold = await till.payCash();
  await till.newSale();
  await shop.expectBooks([{ number: sold.number, total: 165 }]);
  await till.page.keyboard.press('F1');
  await expect(till.page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
});
