// Office: what a manager does beside the tablets: booking what was kept, bringing goods in, and being told of changes.
import { expect } from '@playwright/test';
import { office } from '../stage/office.ts';
import { test } from '../stage/shop_floor.ts';
import { OWNER } from '../stage/shop.ts';

test('what was kept is booked by a manager and stands in the figures of the day', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  const first = await till.sell(['Lunch bag']);
  await shop.expectBooks([{ number: first.number, total: 165 }]);
  const desk = await office(floor, server.address);
  const figure = (name: string) => desk.locator('.kpi').filter({ has: desk.getByRole('heading', { name, exact: true }) }).locator('.figure');
  await expect(figure('Net sales')).toHaveText('£1.37');

  // Sold on a tablet that was unpaired while it had no connection.
  await till.offline(true);
  const late = await till.sell(['Regency cakestand']);
  const [device] = await shop.devices();
  await shop.revoke(device?.id ?? '');
  await till.offline(false);
  // The page is told: nobody loads it anew.
  await expect(desk.getByText('1 record waits for your decision').first()).toBeAttached({ timeout: 20_000 });
  await expect(figure('Net sales')).toHaveText('£1.37');

  await desk.goto(`${server.address}/manage/kept`);
  const record = desk.getByRole('article').filter({ hasText: late.number });
  await record.getByText('What it says').click();
  await expect(record.getByRole('row', { name: /Regency cakestand/ })).toBeVisible();
  await record.getByRole('button', { name: 'Book' }).click();
  const question = desk.getByRole('dialog', { name: 'Book this record?' });
  await question.getByRole('button', { name: 'Book' }).click();
  await expect(desk.getByText('Nothing waits for you')).toBeVisible();
  await desk.getByRole('navigation', { name: 'Manage' }).getByRole('link', { name: 'Today' }).click();
  await expect(figure('Net sales')).toHaveText('£11.99');
  await expect(figure('Sales')).toHaveText('2');
  await shop.expectBooks([
    { number: first.number, total: 165 },
    { number: late.number, total: 1_275 },
  ]);
});

test('a file of products is checked, mended, imported and sold from', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  const desk = await office(floor, server.address);
  await desk.goto(`${server.address}/manage/import`);
  const choose = (rows: string[]) =>
    desk.locator('input[type=file]').setInputFiles({
      name: 'new.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(['sku,name,price,barcode,picture', ...rows, ''].join('\n')),
    });
  const mug = 'MUG,Blue mug,4.50,96385074,https://pictures.example/mug.jpg';
  // The last digit of the tray's code is mistyped, and it has no price.
  await choose([mug, 'TRAY,Round tray,,4006381333932,']);
  await expect(desk.getByText(/2 rows have an error\. Nothing was imported/)).toBeVisible();
  const found = (words: RegExp) => desk.locator('details.finding').filter({ hasText: words });
  await found(/check digit is wrong/).locator('summary').click();
  await expect(found(/check digit is wrong/).getByRole('row', { name: /^3 4006381333932/ })).toBeVisible();
  await expect(found(/No price is given/)).toBeVisible();
  await expect(found(/Picture addresses are not loaded/)).toBeVisible();
  await expect(desk.getByRole('button', { name: /^Import \d/ })).toHaveCount(0);

  await choose([mug, 'TRAY,Round tray,12.00,4006381333948,']);
  await expect(desk.getByText('The check found nothing that stands in the way.')).toBeVisible();
  // So far it was only looked at.
  const products = async (): Promise<number> => ((await (await shop.api.get('/api/products')).json()) as { total: number }).total;
  expect(await products()).toBe(5);
  await desk.getByRole('button', { name: 'Import 2 products' }).click();
  await expect(desk.getByText('Imported. The tablets get the products now.')).toBeVisible();
  expect(await products()).toBe(7);

  // By name and by scanning, on the tablet that was open all the while.
  await expect(till.tile('Blue mug')).toBeVisible({ timeout: 20_000 });
  await till.scan('4006381333948');
  const receipt = await till.sell(['Blue mug']);
  await shop.expectBooks([{ number: receipt.number, total: 1_650 }]);
  // The same file once more changes nothing.
  await choose([mug, 'TRAY,Round tray,12.00,4006381333948,']);
  await expect(desk.getByText('Everything in this file is in the catalogue already.')).toBeVisible();
});

test('another name and another role show without loading the page anew', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const nia = { name: 'Nia', role: 'manager', email: 'nia@example.test', password: OWNER.password };
  const { id } = (await (await shop.api.post('/api/staff', { data: nia })).json()) as { id: string };
  const desk = await office(floor, server.address, {}, nia);
  const rail = desk.getByRole('navigation', { name: 'Manage' });
  await expect(rail.getByRole('link', { name: 'Staff' })).toBeVisible();
  await expect(desk.locator('.person')).toContainText('Nia');
  await expect(desk.getByText(/^Live/)).toBeVisible();
  expect((await shop.api.put(`/api/staff/${id}`, { data: { name: 'Nia Okoro', role: 'cashier' } })).ok()).toBe(true);
  await expect(desk.locator('.person')).toContainText('Nia Okoro');
  await expect(rail.getByRole('link', { name: 'Staff' })).toHaveCount(0);
});
