// Scan: a scanner is known by the times of its keys, also where the page hears them late; a code may say more than which goods.
import { office } from '../stage/office.ts';
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

test('labels say how much, at what price, of which batch and until when; the log says why one added nothing', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  await shop.bring('sku,name,price,barcode,unit\n12345,Mature cheddar,12.90,,kg\n');

  // A manager says how the scale's labels are made up; what cannot be is told at its field.
  const desk = await office(floor, server.address);
  await desk.goto(`${server.address}/manage/stores`);
  await desk.getByRole('link', { name: /Camden High Street/ }).click();
  const kind = desk.getByRole('group', { name: 'Kind of label' });
  await desk.getByRole('button', { name: 'Add a kind of label' }).click();
  await kind.getByLabel('How the number is made up').fill('50IIIIIVPPPPC');
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(kind.getByText(/numbers begin with 2/)).toBeVisible();
  await kind.getByLabel('How the number is made up').fill('20iiiiivppppc');
  await desk.getByRole('button', { name: 'Add a kind of label' }).click();
  await kind.nth(1).getByLabel('How the number is made up').fill('28IIIIIPPPPPC');
  await kind.nth(1).getByLabel('The value is').selectOption('the weight');
  await kind.nth(1).getByLabel('Decimals').fill('3');
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByRole('link', { name: 'Change Camden High Street' })).toBeVisible();

  const till = await floor.till(shop, server.address);
  const { page } = till;
  const total = (amount: string) => expect(page.getByRole('button', { name: `Charge £${amount}` })).toBeVisible();
  // £8.16 of it, by the scale: so much as costs that.
  await till.scan('2012345508163');
  await expect(page.getByText('Mature cheddar').last()).toBeVisible();
  await total('8.16');
  // 1.250 kg.
  await till.scan('2812345012505');
  await total('24.29');
  // Three of a batch; the separator ends it.
  await till.scan(']C1010501234567890010A7\u001d303');
  await total('62.54');
  await expect(page.getByText('Batch A7')).toBeVisible();
  // An address with the same goods in it.
  await till.scan('https://example.com/01/05012345678900');
  await total('75.29');

  await till.scan(']C1010501234567890017250131');
  await expect(page.getByText(/to be used by .*31 Jan 2025.* must not be sold/)).toBeVisible();
  await till.scan(']C101050123456789001725');
  await expect(page.getByRole('alert').getByText(/What this GS1 label says at \(17\) cannot be/)).toBeVisible();
  await till.scan('(01)09520123456788');
  await expect(page.getByRole('alert').getByText('No product has the code')).toBeVisible();
  await total('75.29');

  await page.getByRole('link', { name: 'Tablet' }).click();
  await page.getByRole('link', { name: 'Printers, scales, scanners' }).click();
  const scans = page.getByRole('list', { name: 'Last scans' }).getByRole('listitem');
  await expect(scans).toHaveCount(7);
  await expect(scans.nth(0)).toContainText('No product has any of the codes in it: 09520123456788.');
  await expect(scans.nth(2)).toContainText(/Its use-by date .*31 Jan 2025 is over; nothing was added\./);
  await expect(scans.nth(4)).toContainText(']C1010501234567890010A7<GS>303');
  await expect(scans.nth(4)).toContainText('Added: Regency cakestand.');
  await expect(scans.nth(6)).toContainText('Added: Mature cheddar.');

  await page.getByRole('link', { name: 'Sell' }).click();
  await till.charge();
  const receipt = await till.payCash();
  await shop.expectBooks([{ number: receipt.number, total: 7_529 }]);
});
