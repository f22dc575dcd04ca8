// Scan: a scanner is known by the times of its keys, also where the page hears them late.
import { expect, test } from '../stage/shop_floor.ts';

test('a busy tablet that hears the end of a scan late still sells the right thing, once', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  // Twelve of the thirteen digits are a whole number themselves, of nothing that is sold here.
  const finish = await till.scanAsFarAs(12, '5012345678900');
  await expect(till.page.getByRole('alert').getByText('501234567890')).toBeVisible();
  await finish();
  await expect(till.page.getByText('Regency cakestand').last()).toBeVisible();
  await expect(till.page.getByRole('alert').getByText('501234567890')).toBeHidden();
  await expect(till.page.getByRole('button', { name: /^Charge £12\.75/ })).toBeVisible();
  await till.charge();
  const receipt = await till.payCash();
  await shop.expectBooks([{ number: receipt.number, total: 1_275 }]);
});
