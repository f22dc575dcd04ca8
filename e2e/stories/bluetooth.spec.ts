// Bluetooth: a printer without a cable: receipts in pieces it can take, out once and whole also when it goes out of reach in one, and
// found again, by itself or by a touch.
import { type Slip, words } from '../stage/paper.ts';
import { Printer, setUp } from '../stage/printer.ts';
import { PINS } from '../stage/shop.ts';
import { expect, test } from '../stage/shop_floor.ts';
import type { Tablet } from '../stage/tablet.ts';

async function sell(till: Tablet, name: string): Promise<{ text: string }> {
  await till.page.getByRole('link', { name: 'Sell' }).click();
  await till.add(name);
  await till.charge();
  const { number } = await till.payCash();
  return { text: await till.page.getByRole('article', { name: `Receipt ${number}` }).innerText() };
}

function expectReceipt(slip: Slip | undefined, receipt: { text: string }): void {
  expect(words(slip?.rows.join('\n') ?? '')).toBe(words(receipt.text));
  expect(slip?.cut).toBe(true);
}

test('a receipt is printed, proven, and comes out once though the printer goes out of reach in it', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const printer = new Printer('bluetooth');
  const till = await floor.till(shop, server.address, { printer });
  await setUp(till.page, printer);
  await expect(till.page.getByText('Ready', { exact: true })).toBeVisible();
  const first = await sell(till, 'Regency cakestand');
  await expect(till.page.getByText('Printed', { exact: true })).toBeVisible();
  expectReceipt(printer.paper().slips[0], first);
  expect(printer.paper().pulses).toEqual([2]);

  await till.newSale();
  printer.pullAfter(200);
  const second = await sell(till, 'Lunch bag');
  await expect(till.page.getByText('Plug the printer in again, or switch it on')).toBeVisible();
  // Back in reach, nobody is asked.
  await printer.plug();
  await expect(till.page.getByText('Printed', { exact: true })).toBeVisible({ timeout: 20_000 });
  expect(printer.asked).toBe(1);
  const whole = printer.paper().slips.filter((slip) => slip.barcodes.length > 0 && slip.cut);
  expect(whole).toHaveLength(2);
  expectReceipt(whole[1], second);
});

for (const remembers of [true, false]) {
  test(`after a start anew it is ${remembers ? 'found by itself' : 'chosen once more'}`, async ({ floor }) => {
    const server = await floor.server();
    const shop = await floor.shop(server.address);
    const printer = new Printer('bluetooth', true, remembers);
    const till = await floor.till(shop, server.address, { printer });
    await setUp(till.page, printer);
    await expect(till.page.getByText('Ready', { exact: true })).toBeVisible();
    await till.page.reload();
    await till.signIn('Priya', PINS.Priya);
    await till.page.getByRole('link', { name: 'Tablet' }).click();
    await till.page.getByRole('link', { name: 'Printers, scales, scanners' }).click();
    const card = till.page.getByRole('region', { name: 'Counter' });
    if (!remembers) {
      await expect(card.getByText('The browser has forgotten this printer')).toBeVisible();
      await card.getByRole('button', { name: 'Print a test page' }).click();
      await till.page.getByRole('button', { name: 'Add a Bluetooth printer' }).click();
      await till.page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
      await expect(card.getByText(/Printed$/)).toBeVisible();
      expect(printer.paper().slips.at(-1)?.cut).toBe(true);
    }
    await expect(card.getByText('Ready', { exact: true })).toBeVisible();
    expect(printer.asked).toBe(remembers ? 1 : 2);
    await expect(till.page.getByRole('region', { name: 'Counter' })).toHaveCount(1);
  });
}
