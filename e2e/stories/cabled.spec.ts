// Cabled: scanners that do not type sell like those that do; after a start anew and a pulled plug too.
import { HidScanner, SerialScanner } from '../stage/scanner.ts';
import { expect, test } from '../stage/shop_floor.ts';
import { PINS } from '../stage/shop.ts';

test('scanners on a cable of their own sell, without a key and whatever has the focus', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const [serial, hid] = [new SerialScanner(), new HidScanner()];
  const till = await floor.till(shop, server.address, { serial: [serial], hid });
  const { page } = till;
  await page.getByRole('link', { name: 'Tablet' }).click();
  await page.getByRole('link', { name: 'Printers, scales, scanners' }).click();
  const card = page.getByRole('region', { name: 'Scanners on a cable of their own' });
  await card.getByRole('button', { name: 'Add a serial scanner' }).click();
  await expect(card.getByText('Ready')).toHaveCount(1);
  await card.getByRole('button', { name: 'Add a HID POS scanner' }).click();
  await expect(card.getByText('Ready')).toHaveCount(2);
  // A page that takes none says so.
  serial.scan('5012345678900');
  await expect(page.getByText('5012345678900 was scanned but not added')).toBeVisible();

  await page.getByRole('link', { name: 'Sell' }).click();
  const total = (amount: string) => expect(page.getByRole('button', { name: `Charge £${amount}` })).toBeVisible();
  serial.scan('5012345678900');
  await total('12.75');
  await hid.scan('4006381333931');
  await total('15.30');
  // More than a report holds, and a label that says how many.
  await hid.scan(`010501234567890010${'A'.repeat(20)}\u001d302\u001d21${'B'.repeat(20)}`, ']C1');
  await total('40.80');

  // Nobody is asked again after a start anew; a pulled plug is found again by itself.
  await page.reload();
  await till.signIn('Priya', PINS.Priya);
  await page.getByRole('link', { name: 'Tablet' }).click();
  await page.getByRole('link', { name: 'Printers, scales, scanners' }).click();
  await expect(card.getByText('Ready')).toHaveCount(2);
  await serial.pull();
  await expect(card.getByText('Plug it in again')).toBeVisible();
  await serial.plug();
  await expect(card.getByText('Ready')).toHaveCount(2);
  await page.getByRole('link', { name: 'Sell' }).click();
  serial.scan('4006381333931');
  await total('43.35');
  expect(serial.asked).toBe(1);

  await page.getByRole('link', { name: 'Tablet' }).click();
  await page.getByRole('link', { name: 'Printers, scales, scanners' }).click();
  await card.getByRole('button', { name: 'Forget Scanner' }).first().click();
  await expect(card.getByText('Ready')).toHaveCount(1);
});
