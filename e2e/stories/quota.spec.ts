// Quota: a full tablet says so before it calls a sale done, and loses nothing.
import { expect, test } from '../stage/shop_floor.ts';

test('a full tablet stops clearly and goes on when there is room', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  test.setTimeout(150_000);
  const before = await till.sell(['Lunch bag']);
  await shop.expectBooks([{ number: before.number, total: 165 }]);
  const browser = await till.context.newCDPSession(till.page);
  const room = (quotaSize?: number) =>
    browser.send('Storage.overrideQuotaForOrigin', {
      origin: new URL(till.address).origin,
      ...(quotaSize === undefined ? {} : { quotaSize }),
    });

  await till.add('Regency cakestand');
  await till.charge();
  await room(1);
  // For half a minute the browser goes by the room it last measured.
  await till.page.waitForTimeout(31_000);
  await till.page.getByRole('group', { name: 'Likely amounts' }).getByRole('button').first().click();
  await till.page.getByRole('button', { name: 'Take cash and finish' }).click();
  await expect(till.page.getByRole('alert').getByText(/Nothing was recorded and the sale is still open/)).toBeVisible();
  await expect(till.page.getByText(/^Saved on this tablet/)).toBeHidden();
  await shop.expectBooks([{ number: before.number, total: 165 }]);

  // What was taken stays with the sale; only the finishing is done again.
  await room();
  await till.page.getByRole('button', { name: 'Finish the sale' }).click();
  const receipt = await till.receipt();
  await shop.expectBooks([
    { number: before.number, total: 165 },
    { number: receipt.number, total: 1_275 },
  ]);
});
