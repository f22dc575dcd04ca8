// Approval: a manager's PIN lets a cashier do what only managers may, offline too; the manager sees it; a till locks itself.
import { type Locator } from '@playwright/test';
import { office } from '../stage/office.ts';
import { expect, test } from '../stage/shop_floor.ts';
import { PINS } from '../stage/shop.ts';
import { type Tablet, typePin } from '../stage/tablet.ts';

const asked = (till: Tablet): Locator => till.page.getByRole('dialog', { name: 'Manager approval' });

/** Sets the price of the line in hand. */
async function setPrice(till: Tablet, price: string): Promise<void> {
  await till.page.getByRole('button', { name: 'Price', exact: true }).click();
  await till.page.getByLabel('Price of one').fill(price);
  await till.page.keyboard.press('Enter');
}

test('a price and a discount are approved by PIN, offline, and nobody is signed out', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address, { receipt: { approvals: true } });
  await shop.hire('Marta', 'manager', '8642');
  const till = await floor.till(shop, server.address);
  await till.readyForOffline();
  await till.offline(true);
  await till.add('Regency cakestand');

  // Closed without an answer, everything is as it was.
  await setPrice(till, '9.50');
  await expect(asked(till).getByText('Price £9.50 for Regency cakestand')).toBeVisible();
  await expect(asked(till).getByRole('button', { name: /Priya/ })).toBeHidden();
  await till.page.keyboard.press('Escape');
  await expect(asked(till)).toBeHidden();
  await expect(till.page.getByRole('button', { name: /^Charge/ })).toContainText('£12.75');

  // Wrong thrice, then right; a try is counted as at sign-in.
  await setPrice(till, '9.50');
  await asked(till).getByRole('button', { name: /Marta/ }).click();
  for (const left of [4, 3, 2]) {
    await typePin(till.page, `111${left}`);
    await expect(asked(till).getByText(`Wrong PIN. ${left} tries left.`)).toBeVisible();
  }
  await typePin(till.page, '8642');
  await expect(till.page.getByText('Approved by Marta')).toBeVisible();
  await expect(asked(till)).toBeHidden();
  await expect(till.page.getByRole('button', { name: /^Charge/ })).toContainText('£9.50');
  await expect(till.page.getByRole('button', { name: 'Priya: lock the till' })).toBeVisible();

  // What a cashier may give, nobody is asked for; more, somebody is.
  const discount = async (percent: string) => {
    await till.page.getByRole('button', { name: 'Discount', exact: true }).last().click();
    await till.page.getByLabel('How much off?').fill(percent);
    await till.page.getByRole('button', { name: 'Give discount' }).click();
  };
  await discount('10');
  await expect(till.page.getByRole('button', { name: /^Charge/ })).toContainText('£8.55');
  await discount('20');
  await expect(asked(till).getByText('20 % off the whole sale')).toBeVisible();
  await asked(till).getByRole('button', { name: /Mia/ }).click();
  // By touch this time.
  for (const digit of PINS.Mia) {
    await asked(till).getByRole('button', { name: digit, exact: true }).click();
  }
  await asked(till).getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(till.page.getByText('Approved by Mia')).toBeVisible();
  await till.charge();
  const receipt = await till.payCash();
  // The store wants it on its receipts.
  const paper = till.page.locator('article.receipt');
  await expect(paper).toContainText('Approved by Marta: Price');
  await expect(paper).toContainText('Approved by Mia: Discount');
  await till.newSale();
  await till.offline(false);
  await shop.expectBooks([{ number: receipt.number, total: 760 }]);

  // The manager sees who let whom do what, and that it holds.
  const desk = await office(floor, server.address);
  await desk.goto(`${server.address}/manage/approvals`);
  const price = desk.getByRole('row').filter({ hasText: 'Regency cakestand · £9.50' });
  await expect(price).toContainText('Priya');
  await expect(price).toContainText('Marta');
  await expect(price).toContainText('£3.25');
  await expect(price).toContainText('In order');
  await expect(desk.getByRole('row').filter({ hasText: '20 %' })).toContainText('Mia');
  await desk.getByRole('combobox', { name: 'State' }).selectOption({ label: 'To look at' });
  await expect(desk.getByText('No such approval')).toBeVisible();
  await desk.getByRole('combobox', { name: 'State' }).selectOption({ label: 'In order' });
  await price.getByRole('link', { name: receipt.number }).click();
  await expect(desk.getByText('approved by Marta')).toBeVisible();
});

test('cash, the drawer and a return are approved where they have to be', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address, { approval: { most_discount: 100_000, returns: true } });
  const till = await floor.till(shop, server.address);
  const { page } = till;
  await page.getByRole('link', { name: 'Shift' }).click();
  await page.getByRole('button', { name: 'Enter only the sum' }).click();
  await page.getByRole('textbox').first().fill('100');
  await page.getByRole('button', { name: 'Open shift' }).click();
  // It goes on to selling by itself.
  await expect(page.getByRole('heading', { name: 'Sell', level: 1 })).toBeAttached();
  await page.getByRole('link', { name: 'Shift' }).click();
  await page.getByRole('button', { name: 'Cash in or out' }).click();
  await page.getByLabel('Amount').fill('4.50');
  await page.getByLabel('What for').fill('Stamps');
  await page.getByRole('button', { name: 'Record' }).click();
  // The only one who may is asked at once.
  await expect(asked(till).getByText('Pay out: £4.50 · Stamps')).toBeVisible();
  await typePin(page, PINS.Mia);
  await expect(page.getByText('Approved by Mia')).toBeVisible();
  await expect(asked(till)).toBeHidden();
  await page.getByRole('button', { name: 'Open the drawer' }).click();
  await page.getByLabel('What for').fill('Change for a note');
  await page.getByRole('dialog').getByRole('button', { name: 'Open the drawer' }).click();
  await typePin(page, PINS.Mia);
  await expect(asked(till)).toBeHidden();

  await page.getByRole('link', { name: 'Sell' }).click();
  const sold = await till.sell(['Regency cakestand']);
  await page.getByRole('link', { name: 'Receipts' }).click();
  await page.getByRole('searchbox').fill(sold.number);
  await page.getByRole('button', { name: 'Take goods back' }).click();
  await page.getByRole('button', { name: 'All of it' }).click();
  await page.getByRole('button', { name: 'Put in the sale · £12.75 back' }).click();
  await page.getByRole('button', { name: /^Pay back/ }).click();
  await expect(asked(till).getByText('Goods back for £12.75')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: /^Pay back/ })).toBeVisible();
  await page.getByRole('button', { name: /^Pay back/ }).click();
  await typePin(page, PINS.Mia);
  await expect(asked(till)).toBeHidden();
  await page.getByRole('button', { name: /and finish$/ }).click();
  await till.receipt();
  await expect
    .poll(async () => {
      const listed = (await (await shop.api.get('/api/approvals')).json()) as { rows: { state: string; subject: { kind: string } }[] };
      return listed.rows.map((row) => `${row.subject.kind} ${row.state}`).sort();
    })
    .toEqual(['cash_movement sound', 'drawer sound', 'return sound']);
});

test('a till nobody touches locks itself, and somebody else goes on with the sale', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address, { lock_after_minutes: 2 });
  const till = await floor.till(shop, server.address);
  await till.page.clock.install();
  await till.page.reload();
  await till.signIn('Priya', PINS.Priya);
  await till.add('Regency cakestand');
  await expect(till.page.getByRole('button', { name: /^Charge/ })).toContainText('£12.75');
  await till.page.clock.fastForward(115_000);
  await till.page.mouse.click(2, 2);
  await till.page.clock.fastForward(60_000);
  await expect(till.page.getByRole('button', { name: /^Charge/ })).toBeVisible();
  await till.page.clock.fastForward(65_000);
  await expect(till.page.getByRole('heading', { name: 'Who is selling?' })).toBeVisible();

  await till.signIn('Mia', PINS.Mia);
  await expect(till.page.getByRole('button', { name: /^Charge/ })).toContainText('£12.75');
  await till.charge();
  const receipt = await till.payCash();
  await shop.expectBooks([{ number: receipt.number, total: 1_275 }]);
  expect(await shop.saleOf(receipt.number)).toMatchObject({ staff_name: 'Mia' });
});

test('goods come back without a receipt only with an approval', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address, { approval: { most_discount: 100_000, returns: false, without_receipt: true } });
  const till = await floor.till(shop, server.address);
  const { page } = till;
  await till.add('Lunch bag');
  await page.getByRole('button', { name: /change the quantity/ }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('-1');
  await page.getByRole('button', { name: 'Set quantity' }).click();
  await page.getByRole('button', { name: /^Pay back/ }).click();
  await expect(asked(till).getByText('Goods back for £1.65')).toBeVisible();
  await typePin(page, PINS.Mia);
  await expect(asked(till)).toBeHidden();
  await page.getByRole('button', { name: /and finish$/ }).click();
  const back = await till.receipt();
  await till.newSale();
  await shop.expectBooks([{ number: back.number, total: -165 }]);
  // With its receipt it is as in any shop.
  const sold = await till.sell(['Regency cakestand']);
  await page.getByRole('link', { name: 'Receipts' }).click();
  await page.getByRole('searchbox').fill(sold.number);
  await page.getByRole('button', { name: 'Take goods back' }).click();
  await page.getByRole('button', { name: 'All of it' }).click();
  await page.getByRole('button', { name: 'Put in the sale · £12.75 back' }).click();
  await page.getByRole('button', { name: /^Pay back/ }).click();
  await page.getByRole('button', { name: /and finish$/ }).click();
  await till.receipt();
});
