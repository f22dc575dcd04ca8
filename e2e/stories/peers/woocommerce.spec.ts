// WooCommerce: pressed again, sent again, and still one sale with one payment.
// Each story is named after the thread in which the users of that product told theirs (docs/reliability.md); the part of
// two requests at the same moment is the server's: backend/tests/peers.rs.
import { expect, test } from '../../stage/shop_floor.ts';

const PUSH = '/api/sync/push';

test('woocommerce/woocommerce#14541: pressed three times on a slow line, sent three times', async ({ floor }) => {
  const server = await floor.server();
  const proxy = await floor.proxy(server);
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, proxy.address);
  const { page } = till;
  let pushes = 0;
  proxy.fate = (_method, path) => {
    pushes += path === PUSH ? 1 : 0;
    return path === PUSH && pushes < 3 ? 'answer lost' : 'carried';
  };
  await till.add('Regency cakestand');
  await till.charge();
  await page.getByRole('group', { name: 'Likely amounts' }).getByRole('button').first().click();
  // All before the page has drawn anything: no button was disabled in time.
  await page.getByRole('button', { name: 'Take cash and finish' }).evaluate((button: HTMLElement) => {
    button.click();
    button.click();
    dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    button.click();
  });
  const receipt = await till.receipt();
  await till.newSale();
  await till.tryNow();
  await till.expectSync('All sales synced');
  expect(pushes).toBeGreaterThanOrEqual(3);
  await shop.expectBooks([{ number: receipt.number, total: 1_275 }]);
  expect(await shop.tendersOf(receipt.number)).toMatchObject([{ kind: 'cash', amount: 1_275 }]);
  expect(await shop.kept()).toEqual([]);
});
