// Returns: goods come back by their receipt, in parts, in exchange, at another tablet; what came back twice is booked and shown.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '../stage/shop_floor.ts';
import { office } from '../stage/office.ts';
import { PINS } from '../stage/shop.ts';
import { type Tablet, typePin } from '../stage/tablet.ts';

/** The choice of what comes back of a receipt, found by its number. */
async function takeBack(till: Tablet, number: string) {
  await till.page.getByRole('link', { name: 'Receipts' }).click();
  await till.page.getByRole('searchbox').fill(number);
  await till.page.getByRole('button', { name: 'Take goods back' }).click();
  return till.page.getByRole('dialog', { name: `What comes back of ${number}?` });
}

test('one of two comes back, then is exchanged; offline too', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  const sold = await till.sell(['Regency cakestand', 'Regency cakestand', 'Lunch bag']);
  await till.offline(true);

  const choice = await takeBack(till, sold.number);
  await expect(choice.getByText('2 of 2 can come back')).toBeVisible();
  await choice.getByRole('button', { name: 'One more of Regency cakestand' }).click();
  await choice.getByRole('button', { name: 'Faulty' }).click();
  await choice.getByRole('button', { name: 'Damaged' }).click();
  await choice.getByRole('button', { name: 'Put in the sale · £12.75 back' }).click();
  await expect(till.page.getByText(`Back from ${sold.number} · Faulty`)).toBeVisible();
  // What comes back has no other price, and no more of it than was sold.
  await expect(till.page.getByRole('button', { name: 'Price', exact: true })).toBeHidden();
  const more = till.page.getByRole('button', { name: 'One more', exact: true });
  await more.click();
  await more.click();
  await expect(till.page.getByText('At most 2 of this can still come back. Nothing was changed.')).toBeVisible();
  await till.page.getByRole('button', { name: 'One less', exact: true }).click();

  // In exchange for a dearer thing: the difference is paid.
  await till.add('Doormat');
  await till.add('Doormat');
  await till.charge();
  const exchange = await till.payCash();
  await till.newSale();
  await till.offline(false);
  await shop.expectBooks([
    { number: sold.number, total: 2_715 },
    { number: exchange.number, total: 75 },
  ]);

  // The rest comes back for cash.
  const rest = await takeBack(till, sold.number);
  await expect(rest.getByText('1 of 2 can come back')).toBeVisible();
  await rest.getByRole('button', { name: 'All of it' }).click();
  await rest.getByRole('button', { name: 'Put in the sale · £14.40 back' }).click();
  await till.page.getByRole('button', { name: /^Charge|^Pay back/ }).click();
  await till.page.getByRole('button', { name: /and finish$/ }).click();
  const back = await till.receipt();
  await shop.expectBooks([
    { number: sold.number, total: 2_715 },
    { number: exchange.number, total: 75 },
    { number: back.number, total: -1_440 },
  ]);
  await till.newSale();
  const nothing = await takeBack(till, sold.number);
  await expect(nothing.getByText('All of it is back already').first()).toBeVisible();
  await expect(nothing.getByRole('button', { name: 'Choose what comes back' })).toBeDisabled();
});

test('the same goods back at two tablets without a network: both are booked, and a manager is told', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const here = await floor.till(shop, server.address);
  const there = await floor.till(shop, server.address);
  const sold = await here.sell(['Regency cakestand']);
  await shop.expectBooks([{ number: sold.number, total: 1_275 }]);

  const receipts: string[] = [];
  for (const till of [here, there]) {
    // The other tablet's sale is found at the server, by its whole number.
    const choice = await takeBack(till, sold.number);
    await choice.getByRole('button', { name: 'All of it' }).click();
    await choice.getByRole('button', { name: 'Put in the sale · £12.75 back' }).click();
    await till.offline(true);
  }
  for (const till of [here, there]) {
    await till.page.getByRole('button', { name: /^Charge|^Pay back/ }).click();
    await till.page.getByRole('button', { name: /and finish$/ }).click();
    receipts.push((await till.receipt()).number);
    await till.offline(false);
  }
  await shop.expectBooks([
    { number: sold.number, total: 1_275 },
    ...receipts.map((number) => ({ number, total: -1_275 })),
  ]);
  const desk = await office(floor, server.address);
  await desk.goto(`${server.address}/manage/kept`);
  const flag = desk.getByRole('article').filter({ hasText: sold.number });
  await expect(flag).toContainText('2 of Regency cakestand came back, but 1 were sold');
  for (const number of receipts) {
    await expect(flag).toContainText(number);
  }
  await flag.getByRole('button', { name: 'I have looked at it' }).click();
  await expect(desk.getByText('Nothing waits for you')).toBeVisible();
});

test('goods of two receipts come back in one return, each the way it was paid; another way is approved', async ({ floor }) => {
  const server = await floor.server();
  const approval = { most_discount: 100_000, returns: false, without_receipt: false, other_ways: true };
  const shop = await floor.shop(server.address, { approval });
  const till = await floor.till(shop, server.address);
  await till.readyForOffline();
  await till.offline(true);
  await till.add('Regency cakestand');
  await till.charge();
  await till.page.keyboard.press('F3');
  await till.page.getByRole('textbox', { name: 'Last four digits' }).fill('4242');
  await till.page.getByRole('button', { name: 'Card approved, finish' }).click();
  const byCard = await till.receipt();
  await till.newSale();
  const inCash = await till.sell(['Lunch bag', 'Doormat']);

  for (const [number, amount] of [[byCard.number, '£12.75'], [inCash.number, '£8.40']] as const) {
    const choice = await takeBack(till, number);
    await choice.getByRole('button', { name: 'All of it' }).click();
    await choice.getByRole('button', { name: `Put in the sale · ${amount} back` }).click();
  }
  await till.page.getByRole('button', { name: /^Pay back/ }).click();
  const ways = till.page.getByRole('group', { name: 'Paid with' });
  await expect(ways.getByRole('button')).toHaveText([/Card ••4242\s*£12.75/, /Cash\s*£8.40/]);
  // What is chosen first is the first way it came, and no more of it than that.
  const amount = till.page.locator('[data-amount]');
  await expect(amount).toHaveText('£12.75');
  for (const size of [{ width: 820, height: 1180 }, { width: 1280, height: 800 }]) {
    await till.page.setViewportSize(size);
    const { violations } = await new AxeBuilder({ page: till.page }).analyze();
    expect(violations.map((one) => one.id)).toEqual([]);
  }
  await ways.getByRole('button', { name: /Card/ }).click();
  await expect(ways.getByRole('button')).toHaveText([/Cash\s*£8.40/]);
  await expect(amount).toHaveText('£8.40');

  // All of the rest by card, although it was paid in cash: somebody else approves it, or nothing happens.
  await till.page.keyboard.press('F3');
  await till.page.getByRole('button', { name: 'Card approved, finish' }).click();
  const asked = till.page.getByRole('dialog', { name: 'Manager approval' });
  await expect(asked.getByText('£8.40 back in another way than it was paid')).toBeVisible();
  await till.page.keyboard.press('Escape');
  await expect(ways.getByRole('button')).toHaveText([/Cash\s*£8.40/]);
  await till.page.getByRole('button', { name: 'Card approved, finish' }).click();
  await typePin(till.page, PINS.Mia);
  const back = await till.receipt();
  await till.newSale();
  await till.offline(false);
  await shop.expectBooks([
    { number: byCard.number, total: 1_275 },
    { number: inCash.number, total: 840 },
    { number: back.number, total: -2_115 },
  ]);
  const desk = await office(floor, server.address);
  await desk.goto(`${server.address}/manage/approvals`);
  const row = desk.getByRole('row').filter({ hasText: 'Refund in another way' });
  await expect(row).toContainText('£8.40');
  await expect(row).toContainText('In order');
});
