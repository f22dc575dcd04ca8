// Receipts of the store's other tablets: a tablet hears of them while it has a network, and finds them, prints them again and takes
// their goods back when it has none.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '../stage/shop_floor.ts';
import { office } from '../stage/office.ts';
import { Printer, setUp } from '../stage/printer.ts';
import type { Tablet } from '../stage/tablet.ts';

/** Waits until the list of receipts has this one without asking the server for it. */
async function hears(till: Tablet, number: string) {
  await till.page.getByRole('link', { name: 'Receipts' }).click();
  const row = till.page.getByRole('button', { name: new RegExp(number) });
  await expect(async () => {
    await till.page.getByRole('link', { name: 'Sell' }).click();
    await till.page.getByRole('link', { name: 'Receipts' }).click();
    await expect(row).toBeVisible({ timeout: 500 });
  }).toPass();
  await till.page.getByRole('link', { name: 'Sell' }).click();
}

/** What is put in the sale is paid back in cash. */
async function payBack(till: Tablet): Promise<string> {
  await till.page.getByRole('button', { name: /^Charge|^Pay back/ }).click();
  await till.page.getByRole('button', { name: /and finish$/ }).click();
  const { number } = await till.receipt();
  await till.newSale();
  return number;
}

test('a sale of another tablet is found by its barcode without a network, and its goods come back', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const here = await floor.till(shop, server.address);
  const printer = new Printer('usb');
  const there = await floor.till(shop, server.address, { printer });
  await setUp(there.page, printer);
  await expect(there.page.getByText('Ready', { exact: true })).toBeVisible();
  const sold = await here.sell(['Regency cakestand', 'Regency cakestand', 'Lunch bag']);
  await hears(there, sold.number);
  await there.readyForOffline();
  await there.offline(true);

  await there.page.getByRole('link', { name: 'Receipts' }).click();
  const search = there.page.getByRole('searchbox');
  const row = there.page.getByRole('button', { name: new RegExp(sold.number) });
  // A part of the number does, in small letters too.
  await search.fill(sold.number.slice(1).toLowerCase());
  await expect(row).toContainText('Another tablet');
  await search.fill('no such number');
  await expect(there.page.getByText(/needs a connection/)).toBeVisible();
  await search.fill('');
  await there.scan(sold.number);
  await expect(row).toContainText('Another tablet');
  await there.page.getByRole('button', { name: 'Print a copy' }).click();
  await expect(there.page.getByText('Printed', { exact: true })).toBeVisible();
  const copy = printer.paper().slips.map((slip) => slip.rows.join('\n'));
  expect(copy).toHaveLength(1);
  expect(copy[0]).toContain(sold.number);
  expect(copy[0]).toMatch(/C\s*O\s*P\s*Y/i);
  for (const size of [{ width: 820, height: 1180 }, { width: 1280, height: 800 }]) {
    await there.page.setViewportSize(size);
    const { violations } = await new AxeBuilder({ page: there.page }).analyze();
    expect(violations.map((one) => one.id)).toEqual([]);
    await there.page.screenshot({ path: test.info().outputPath(`receipts-${size.width}.png`) });
  }

  await there.page.getByRole('button', { name: 'Take goods back' }).click();
  const choice = there.page.getByRole('dialog', { name: `What comes back of ${sold.number}?` });
  await expect(choice.getByText('2 of 2 can come back')).toBeVisible();
  await choice.getByRole('button', { name: 'One more of Regency cakestand' }).click();
  await choice.getByRole('button', { name: 'Put in the sale · £12.75 back' }).click();
  const back = await payBack(there);
  // Its own return, which nobody knows yet, counts.
  await there.page.getByRole('link', { name: 'Receipts' }).click();
  await search.fill(sold.number);
  await there.page.getByRole('button', { name: 'Take goods back' }).click();
  await expect(choice.getByText('1 of 2 can come back')).toBeVisible();
  await there.page.keyboard.press('Escape');
  await there.page.getByRole('link', { name: 'Sell' }).click();
  await there.offline(false);
  await shop.expectBooks([
    { number: sold.number, total: 2_715 },
    { number: back, total: -1_275 },
  ]);

  // The tablet that sold it hears of that too, and knows it without a network.
  await hears(here, back);
  await here.readyForOffline();
  await here.offline(true);
  await here.page.getByRole('link', { name: 'Receipts' }).click();
  await here.page.getByRole('searchbox').fill(sold.number);
  await here.page.getByRole('button', { name: 'Take goods back' }).click();
  const rest = here.page.getByRole('dialog', { name: `What comes back of ${sold.number}?` });
  await expect(rest.getByText('1 of 2 can come back')).toBeVisible();
});

test('the same goods of a third tablet back at two tablets that never had it on the screen with a network: booked and flagged', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const seller = await floor.till(shop, server.address);
  const takers = [await floor.till(shop, server.address), await floor.till(shop, server.address)];
  const sold = await seller.sell(['Regency cakestand']);
  for (const till of takers) {
    await hears(till, sold.number);
    await till.readyForOffline();
    await till.offline(true);
  }
  const receipts: string[] = [];
  for (const till of takers) {
    await till.page.getByRole('link', { name: 'Receipts' }).click();
    await till.scan(sold.number);
    await till.page.getByRole('button', { name: 'Take goods back' }).click();
    const choice = till.page.getByRole('dialog', { name: `What comes back of ${sold.number}?` });
    await choice.getByRole('button', { name: 'All of it' }).click();
    await choice.getByRole('button', { name: 'Put in the sale · £12.75 back' }).click();
    receipts.push(await payBack(till));
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
});
