// Shift: the drawer opened with a float, cash in and out, counted blind, closed with a Z report; days closed, and what came later.
import { expect, test } from '../stage/shop_floor.ts';
import { office } from '../stage/office.ts';
import { PINS } from '../stage/shop.ts';
import { type Tablet } from '../stage/tablet.ts';

const pieces = (till: Tablet, worth: string) => till.page.getByRole('textbox', { name: `How many of ${worth}`, exact: true });

test('a drawer from float to Z report, offline, against the books', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address, { shift_needed: true });
  const till = await floor.tablet(server.address);
  await till.pair(await shop.pairingCode(await shop.addRegister()));
  await till.signIn('Mia', PINS.Mia);
  await till.readyForOffline();
  await till.offline(true);

  // Nothing is sold before the drawer is counted; what was scanned stays.
  await till.add('Regency cakestand');
  await till.page.getByRole('button', { name: /^Charge/ }).click();
  await expect(till.page.getByRole('heading', { name: 'Open a shift' })).toBeVisible();
  await pieces(till, '£20.00').fill('4');
  await pieces(till, '£0.50').fill('40');
  await expect(till.page.getByRole('status').filter({ hasText: '£100.00' })).toBeVisible();
  await till.page.getByRole('button', { name: 'Open shift' }).click();
  await till.charge();
  await till.payCash();
  await till.newSale();

  await till.page.getByRole('link', { name: 'Shift' }).click();
  await expect(till.page.getByRole('heading', { name: 'Shift 1' })).toBeVisible();
  await till.page.getByRole('button', { name: 'Cash in or out' }).click();
  const out = till.page.getByRole('dialog', { name: 'Cash in or out' });
  await out.getByLabel('Amount').fill('4.50');
  await out.getByRole('button', { name: 'Record' }).click();
  await expect(out.getByText('Say what the money is for.')).toBeVisible();
  await out.getByLabel('What for').fill('Stamps');
  await out.getByRole('button', { name: 'Record' }).click();
  await expect(out).toBeHidden();
  await till.page.getByRole('button', { name: 'Open the drawer' }).click();
  const drawer = till.page.getByRole('dialog', { name: 'Open the drawer' });
  await drawer.getByLabel('What for').fill('Change for a note');
  await drawer.getByRole('button', { name: 'Open the drawer' }).click();
  await expect(drawer).toBeHidden();
  // 100.00 + 12.75 − 4.50
  const report = till.page.getByRole('region', { name: 'X report' });
  await expect(report).toContainText('108.25');
  await expect(report).toContainText('Stamps · Mia');

  // A reload in the middle changes nothing.
  await till.page.reload();
  await till.signIn('Mia', PINS.Mia);
  await expect(report).toContainText('108.25');

  await till.page.getByRole('button', { name: 'Close shift' }).click();
  await till.page.getByRole('button', { name: 'Enter only the sum' }).click();
  await till.page.getByLabel('In the drawer').fill('108');
  await till.page.getByRole('button', { name: 'Go on' }).click();
  await expect(till.page.getByText('£0.25 less than should be there')).toBeVisible();
  await expect(till.page.getByText('There is no connection, so the other tablets')).toBeVisible();
  await expect(till.page.getByText(/: 4 waiting|: 5 waiting/)).toBeVisible();
  await till.page.getByLabel('Stays in the drawer').fill('200');
  await till.page.getByRole('button', { name: 'Close shift' }).click();
  await expect(till.page.getByText('No more can stay in the drawer than was counted.')).toBeVisible();
  await till.page.getByLabel('Stays in the drawer').fill('100');
  await till.page.getByRole('button', { name: 'Close shift' }).click();
  await expect(till.page.getByRole('heading', { name: 'Shift 1 is closed' })).toBeVisible();
  const z = till.page.getByRole('region', { name: 'Z report' });
  await expect(z).toContainText('Z REPORT');
  await expect(z).toContainText('−0.25');
  await expect(till.page.getByText('£8.00 goes from the drawer to the safe.')).toBeVisible();

  // The books say the same, once the network is back.
  await till.offline(false);
  const desk = await office(floor, server.address);
  await desk.goto(`${server.address}/manage/shifts`);
  const row = desk.getByRole('row').filter({ hasText: 'Shift 1' });
  await expect(row).toContainText('£108.25', { timeout: 20_000 });
  await expect(row).toContainText('-£0.25');
  await expect(row.getByText('Report differs')).toBeHidden();
  await row.getByRole('link').click();
  await expect(desk.getByText('Paid out · Stamps · Mia')).toBeVisible();
});

test('a cashier counts blind and asks a manager for cash out; a second tab cannot sell past the close', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address, { shift_needed: true });
  const till = await floor.till(shop, server.address);
  await till.page.getByRole('link', { name: 'Shift' }).click();
  await till.page.getByRole('button', { name: 'Enter only the sum' }).click();
  await till.page.getByLabel('In the drawer').fill('50');
  await till.page.getByRole('button', { name: 'Open shift' }).click();
  await till.sell(['Lunch bag']);
  await till.page.getByRole('link', { name: 'Shift' }).click();
  await expect(till.page.getByText('What should be in the drawer is shown when the shift is closed.')).toBeVisible();
  await expect(till.page.getByText('51.65')).toBeHidden();
  await till.page.getByRole('button', { name: 'Cash in or out' }).click();
  await till.page.getByLabel('Amount').fill('5');
  await till.page.getByLabel('What for').fill('Stamps');
  await till.page.getByRole('button', { name: 'Record' }).click();
  // Nobody approves: nothing has gone out.
  const asked = till.page.getByRole('dialog', { name: 'Manager approval' });
  await expect(asked.getByText('Mia')).toBeVisible();
  await till.page.keyboard.press('Escape');
  await expect(asked).toBeHidden();
  await till.page.keyboard.press('Escape');
  await expect(till.page.getByRole('dialog')).toBeHidden();
  await till.page.getByRole('button', { name: 'Close shift' }).click();
  await till.page.getByRole('button', { name: 'Enter only the sum' }).click();
  await till.page.getByLabel('In the drawer').fill('51,65');
  await till.page.getByRole('button', { name: 'Go on' }).click();
  await expect(till.page.getByText('Should be there')).toBeHidden();
  await till.page.getByRole('button', { name: 'Close shift' }).click();
  await expect(till.page.getByText('Exactly what should be there.')).toBeVisible();
});

test('odoo/odoo#203431: a day is closed, and a sale that comes later is a numbered supplement', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const [here, there] = [await floor.till(shop, server.address), await floor.till(shop, server.address)];
  await there.offline(true);
  const late = await there.sell(['Regency cakestand']);
  const first = await here.sell(['Lunch bag']);
  await shop.expectBooks([{ number: first.number, total: 165 }]);

  const desk = await office(floor, server.address);
  await desk.goto(`${server.address}/manage/days`);
  const day = desk.getByRole('article').first();
  await day.getByRole('button', { name: 'Close the day' }).click();
  await desk.getByRole('dialog').getByRole('button', { name: 'Close the day' }).click();
  await expect(day.getByText('Day’s close')).toBeVisible();
  await expect(day.getByText('£1.65').first()).toBeVisible();

  await there.offline(false);
  await shop.expectBooks([
    { number: first.number, total: 165 },
    { number: late.number, total: 1_275 },
  ]);
  await expect(day.getByText('Supplement 1')).toBeVisible({ timeout: 20_000 });
  await day.getByText('Supplement 1').click();
  await expect(day.getByText('£12.75').first()).toBeVisible();
  await expect(day.getByRole('button', { name: 'Close the day' })).toBeHidden();
});
