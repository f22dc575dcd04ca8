// Printing: receipts come out once and whole, whatever becomes of cable, paper and tablet; the drawer opens once a sale.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '../stage/shop_floor.ts';
import { type Slip, words } from '../stage/paper.ts';
import { Printer, setUp } from '../stage/printer.ts';
import { PINS } from '../stage/shop.ts';
import type { Tablet } from '../stage/tablet.ts';

/** Sells for cash as far as the screen after it; the receipt it shows. */
async function sell(till: Tablet, name: string): Promise<{ number: string; text: string }> {
  await till.page.getByRole('link', { name: 'Sell' }).click();
  await till.add(name);
  await till.charge();
  const { number } = await till.payCash();
  return { number, text: await till.page.getByRole('article', { name: `Receipt ${number}` }).innerText() };
}

/** A slip says what the screen shows, and nothing else. */
function expectReceipt(slip: Slip | undefined, receipt: { number: string; text: string }): void {
  expect(words(slip?.rows.join('\n') ?? '')).toBe(words(receipt.text));
  expect(slip?.cut).toBe(true);
  expect(slip?.barcodes).toHaveLength(1);
}

for (const cable of ['usb', 'serial'] as const) {
  test(`a sale for cash prints its receipt and opens the drawer, once (${cable})`, async ({ floor }) => {
    const server = await floor.server();
    const shop = await floor.shop(server.address);
    const printer = new Printer(cable);
    const till = await floor.till(shop, server.address, { printer });
    await setUp(till.page, printer);
    await expect(till.page.getByText('Ready', { exact: true })).toBeVisible();

    const first = await sell(till, 'Regency cakestand');
    await expect(till.page.getByText('Printed', { exact: true })).toBeVisible();
    const paper = printer.paper();
    expect(paper.slips).toHaveLength(1);
    expectReceipt(paper.slips[0], first);
    expect(paper.pulses).toEqual([2]);

    // The tablet is started anew: nobody is asked again, and a copy is marked as one.
    await till.page.reload();
    await till.signIn('Priya', PINS.Priya);
    await till.page.getByRole('link', { name: 'Receipts' }).click();
    await till.page.getByRole('button', { name: 'Print a copy' }).click();
    await expect(till.page.getByText('Printed', { exact: true })).toBeVisible();
    expect(printer.asked).toBe(1);
    const [, copy] = printer.paper().slips;
    expectReceipt(copy, { ...first, text: await till.page.getByRole('article').innerText() });
    expect(copy?.rows.join('\n')).toMatch(/C\s*O\s*P\s*Y/i);
    // What goes with a present names no price, and opens no drawer.
    await till.page.getByRole('button', { name: 'Gift receipt' }).click();
    await expect.poll(() => printer.paper().slips).toHaveLength(3);
    const gift = printer.paper().slips[2];
    expect(gift?.rows.join('\n')).toContain('Regency cakestand');
    expect(gift?.rows.join('\n')).not.toMatch(/\d[.,]\d\d/);
    expect(gift?.barcodes).toHaveLength(1);
    expect(printer.paper().pulses).toEqual([2]);
  });

  test(`the plug is pulled in the middle of a receipt: it comes out once, whole (${cable})`, async ({ floor }) => {
    const server = await floor.server();
    const shop = await floor.shop(server.address);
    const printer = new Printer(cable);
    const till = await floor.till(shop, server.address, { printer });
    await setUp(till.page, printer);
    await expect(till.page.getByText('Ready', { exact: true })).toBeVisible();

    // Into the drawer's pulse and the question before the receipt, and half of the receipt.
    printer.pullAfter(200);
    const receipt = await sell(till, 'Regency cakestand');
    await expect(till.page.getByText('Plug the printer in again')).toBeVisible();
    expect(printer.paper().slips.filter((slip) => slip.cut)).toEqual([]);
    // The shop goes on selling meanwhile, and the next receipt waits behind the first.
    await till.newSale();
    const second = await sell(till, 'Lunch bag');
    await printer.plug();
    await expect(till.page.getByText('Printed', { exact: true })).toBeVisible();
    const [rest, whole, next, ...more] = printer.paper().slips;
    expect(rest?.barcodes).toEqual([]);
    expectReceipt(whole, receipt);
    expectReceipt(next, second);
    expect(more).toEqual([]);
    expect(printer.paper().pulses).toEqual([2]);
  });
}

test('the speed of a serial printer is changed while it is open', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const printer = new Printer('serial');
  const till = await floor.till(shop, server.address, { printer });
  await setUp(till.page, printer);
  const card = till.page.getByRole('region', { name: 'Counter' });
  await expect(card.getByText('Ready', { exact: true })).toBeVisible();
  await card.getByRole('button', { name: 'Change' }).click();
  const settings = till.page.getByRole('dialog');
  await settings.getByRole('combobox', { name: /^Speed/ }).selectOption('38400');
  await settings.getByRole('button', { name: 'Save' }).click();
  await expect(card.getByText('Ready', { exact: true })).toBeVisible();
  await card.getByRole('button', { name: 'Print a test page' }).click();
  await expect.poll(() => printer.paper().slips.length).toBeGreaterThan(0);
});

test('without paper a receipt waits, and comes out when there is some', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const printer = new Printer();
  const till = await floor.till(shop, server.address, { printer });
  await setUp(till.page, printer);
  await expect(till.page.getByText('Ready', { exact: true })).toBeVisible();
  printer.takePaper();
  const receipt = await sell(till, 'Regency cakestand');
  await expect(till.page.getByText('Printer is out of paper – prints when refilled')).toBeVisible();
  await expect(till.page.getByText('Open it with its key')).toBeVisible();
  printer.putPaper();
  await expect(till.page.getByText('Printed', { exact: true })).toBeVisible();
  expectReceipt(printer.paper().slips[0], receipt);
  expect(printer.paper().slips).toHaveLength(1);
  // A drawer that could not open then does not open when nobody stands there any more.
  expect(printer.paper().pulses).toEqual([]);
});

test('a tablet that is loaded anew in the middle of a receipt prints it once, whole', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const printer = new Printer();
  const till = await floor.till(shop, server.address, { printer });
  await setUp(till.page, printer);
  await expect(till.page.getByText('Ready', { exact: true })).toBeVisible();
  const hangs = printer.hangAfter(200);
  const receipt = await sell(till, 'Regency cakestand');
  await hangs;
  await till.page.reload();
  await till.signIn('Priya', PINS.Priya);
  await expect.poll(() => printer.paper().slips.filter((slip) => slip.barcodes.length > 0 && slip.cut)).toHaveLength(1);
  const [rest, whole, ...more] = printer.paper().slips;
  expect(rest?.barcodes).toEqual([]);
  expectReceipt(whole, receipt);
  expect(more).toEqual([]);
});

test('what may be out or not is for a person to say', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const printer = new Printer();
  const till = await floor.till(shop, server.address, { printer });
  await setUp(till.page, printer);
  await expect(till.page.getByText('Ready', { exact: true })).toBeVisible();
  printer.pullAtCut();
  const receipt = await sell(till, 'Regency cakestand');
  await expect(till.page.getByText('Look whether it came out whole')).toBeVisible();
  await printer.plug();
  await till.page.getByRole('button', { name: 'Print it' }).click();
  await expect(till.page.getByText('Printed', { exact: true })).toBeVisible();
  expectReceipt(printer.paper().slips.at(-1), receipt);
});

test('a printer that says nothing prints too, and its self-test shows what it can', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const printer = new Printer('usb', false);
  const till = await floor.till(shop, server.address, { printer });
  await setUp(till.page, printer);
  const card = till.page.getByRole('region', { name: 'Counter' });
  await expect(card.getByText('This printer does not say how it is')).toBeVisible();
  await card.getByRole('button', { name: 'Print a test page' }).click();
  await expect(card.getByText('Sent to the printer')).toBeVisible();
  const [letters, cut] = printer.paper().slips;
  expect(letters?.rows.join('\n')).toMatch(/16 CP1252 +€/);
  expect(letters?.rows.join('\n')).toMatch(/17 CP866 +АБВГДЕЖ/);
  expect(letters?.images).toBe(1);
  expect(letters?.barcodes).toHaveLength(1);
  expect(cut?.cut).toBe(true);
  await card.getByRole('button', { name: 'Forget' }).click();
  await till.page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click();
  await expect(till.page.getByText('There is no printer yet')).toBeVisible();
});

test('an Arabic receipt is drawn where it has Arabic letters', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address, { language: 'ar', name: 'متجر الزيتون' });
  const printer = new Printer();
  // A person who reads English sells in a shop whose receipts are Arabic.
  const till = await floor.tablet(server.address, { printer });
  await till.page.evaluate(() => localStorage.setItem('tillbridge.language', 'en'));
  await till.page.reload();
  await till.pair(await shop.pairingCode(await shop.addRegister()));
  await till.signIn('Priya', PINS.Priya);
  await setUp(till.page, printer);
  await expect(till.page.getByText('Ready', { exact: true })).toBeVisible();
  await sell(till, 'Regency cakestand');
  await expect(till.page.getByText('Printed', { exact: true })).toBeVisible();
  const [slip] = printer.paper().slips;
  expect(slip?.images).toBeGreaterThan(3);
  expect(slip?.rows.join('\n')).toContain('Regency cakestand');
  expect(slip?.cut).toBe(true);
});

for (const [width, height, dark] of [[1280, 800, false], [820, 1180, true]] as const) {
  test(`nothing on the page of the devices is in anybody's way (${width}×${height})`, async ({ floor }) => {
    const server = await floor.server();
    const shop = await floor.shop(server.address);
    const printer = new Printer();
    const till = await floor.till(shop, server.address, { printer, width, height, dark });
    const { page } = till;
    const faults = async (): Promise<string[]> => {
      const { violations } = await new AxeBuilder({ page })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .analyze();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
    };
    await page.getByRole('link', { name: 'Tablet' }).click();
    await page.getByRole('link', { name: 'Printers, scales, scanners' }).click();
    await expect(page.getByText('There is no printer yet')).toBeVisible();
    expect(await faults()).toEqual([]);
    await page.getByRole('button', { name: 'Add a USB printer' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    expect(await faults()).toEqual([]);
    await page.getByRole('button', { name: 'Save' }).click();
    await printer.pull();
    await page.getByRole('button', { name: 'Print a test page' }).click();
    await expect(page.getByRole('button', { name: 'Do not print it' })).toBeVisible();
    expect(await faults()).toEqual([]);
    await sell(till, 'Regency cakestand');
    await expect(page.getByText('Plug the printer in again')).toBeVisible();
    expect(await faults()).toEqual([]);
  });
}
