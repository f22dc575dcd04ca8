// Network printer: a manager sets it up, tablets choose it, the server prints on it; receipts come out once and whole whatever
// becomes of the printer, the network between, and who else prints.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { NetworkPrinter } from '../stage/network_printer.ts';
import { office } from '../stage/office.ts';
import { type Slip, words } from '../stage/paper.ts';
import type { Server } from '../stage/server.ts';
import { PINS, type Shop } from '../stage/shop.ts';
import { expect, type ShopFloor, test } from '../stage/shop_floor.ts';
import type { Tablet } from '../stage/tablet.ts';

/** A server that may reach printers on this machine. */
const settings = { TILLBRIDGE_PRINTER_NETWORKS: '127.0.0.0/8' };

async function shopWithPrinter(floor: ShopFloor): Promise<{ server: Server; shop: Shop; printer: NetworkPrinter }> {
  const server = await floor.server({ settings });
  const shop = await floor.shop(server.address);
  const printer = await NetworkPrinter.start();
  const set = await shop.api.post('/api/network-printers', {
    data: { id: shop.store.id, store_id: shop.store.id, name: 'Counter', ...printer.address },
  });
  expect(set.ok(), await set.text()).toBe(true);
  return { server, shop, printer };
}

/** Chooses the printer on the tablet, as a person does. */
async function choose(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Tablet' }).click();
  await page.getByRole('link', { name: 'Printers, scales, scanners' }).click();
  await page.getByRole('button', { name: 'Add Counter, on the network' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Find a kind').fill('T88V');
  await form.getByRole('combobox', { name: 'Kind', exact: true }).selectOption({ label: 'Epson TM-T88V' });
  await form.getByRole('combobox', { name: 'Drawer at this printer' }).selectOption('2');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Ready', { exact: true })).toBeVisible();
}

async function sell(till: Tablet, name: string): Promise<{ number: string; text: string }> {
  await till.page.getByRole('link', { name: 'Sell' }).click();
  await till.add(name);
  await till.charge();
  const { number } = await till.payCash();
  return { number, text: await till.page.getByRole('article', { name: `Receipt ${number}` }).innerText() };
}

/** A slip says what the screen shows, and nothing else. */
function expectReceipt(slip: Slip | undefined, receipt: { text: string }): void {
  expect(words(slip?.rows.join('\n') ?? '')).toBe(words(receipt.text));
  expect(slip?.cut).toBe(true);
  expect(slip?.barcodes).toHaveLength(1);
}

const printed = (page: Page) => expect(page.getByText('Printed', { exact: true })).toBeVisible({ timeout: 20_000 });

test('a manager adds, tests and removes a printer, a tablet chooses it and prints', async ({ floor }) => {
  const server = await floor.server({ settings });
  const shop = await floor.shop(server.address);
  const printer = await NetworkPrinter.start();
  const desk = await office(floor, server.address);
  await desk.getByRole('link', { name: 'Tablets' }).click();
  await desk.getByRole('link', { name: 'Printers' }).click();
  await desk.getByRole('button', { name: 'Add a printer' }).click();
  const form = desk.getByRole('dialog');
  await form.getByLabel('Name').fill('Counter');
  // What only the machines of a cloud may ask is refused, and said at its field.
  await form.getByLabel('Address in the network').fill('169.254.169.254');
  await form.getByLabel('Port').fill(String(printer.address.port));
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText('The server may not reach this address').first()).toBeVisible();
  await form.getByLabel('Address in the network').fill(printer.address.host);
  await form.getByRole('button', { name: 'Save' }).click();
  await desk.getByRole('button', { name: 'Test: Counter' }).click();
  await expect(desk.getByText('Reached, ready')).toBeVisible();
  printer.printer.takePaper();
  await desk.getByRole('button', { name: 'Test: Counter' }).click();
  await expect(desk.getByText('Reached; out of paper')).toBeVisible();
  printer.printer.putPaper();
  const { violations } = await new AxeBuilder({ page: desk }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);

  const till = await floor.till(shop, server.address);
  await choose(till.page);
  const first = await sell(till, 'Regency cakestand');
  await printed(till.page);
  expectReceipt(printer.printer.paper().slips[0], first);
  expect(printer.printer.paper().pulses).toEqual([2]);
  // The tablet is started anew and knows its printer; a copy is printed.
  await till.page.reload();
  await till.signIn('Priya', PINS.Priya);
  await till.page.getByRole('link', { name: 'Receipts' }).click();
  await till.page.getByRole('button', { name: 'Print a copy' }).click();
  await printed(till.page);
  expect(printer.printer.paper().slips).toHaveLength(2);

  await desk.getByRole('button', { name: 'Remove: Counter' }).click();
  await desk.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(desk.getByText('No network printers yet')).toBeVisible();
  await till.page.getByRole('link', { name: 'Tablet' }).click();
  await till.page.getByRole('link', { name: 'Printers, scales, scanners' }).click();
  await expect(till.page.getByText('The store has no such printer any more')).toBeVisible();
});

test('a receipt waits for paper, for the printer and for the server, and comes out once', async ({ floor }) => {
  const { server, shop, printer } = await shopWithPrinter(floor);
  const proxy = await floor.proxy(server);
  const till = await floor.till(shop, proxy.address);
  await choose(till.page);

  printer.printer.takePaper();
  const first = await sell(till, 'Regency cakestand');
  await expect(till.page.getByText('Printer is out of paper – prints when refilled')).toBeVisible();
  printer.printer.putPaper();
  await printed(till.page);

  // It breaks off in the middle: what came out is cut off, and the receipt begins anew.
  await till.newSale();
  printer.printer.pullAfter(200);
  const second = await sell(till, 'Lunch bag');
  await expect(till.page.getByText('The server does not reach the printer')).toBeVisible({ timeout: 20_000 });
  await printer.printer.plug();
  await printed(till.page);

  // The server is away.
  await till.newSale();
  proxy.fate = (_method, path) => (path.startsWith('/api/print') ? 'lost' : 'carried');
  const third = await sell(till, 'Lunch bag');
  await expect(till.page.getByText('No connection to the server, which prints here')).toBeVisible();
  proxy.fate = () => 'carried';
  await printed(till.page);

  const whole = printer.printer.paper().slips.filter((slip) => slip.barcodes.length > 0 && slip.cut);
  expect(whole).toHaveLength(3);
  [first, second, third].forEach((receipt, at) => expectReceipt(whole[at], receipt));
});

test('an answer that is lost prints nothing twice', async ({ floor }) => {
  const { server, shop, printer } = await shopWithPrinter(floor);
  const proxy = await floor.proxy(server);
  const till = await floor.till(shop, proxy.address);
  await choose(till.page);
  proxy.fate = (method, path) => (method === 'POST' && path === '/api/printouts' ? 'answer lost' : 'carried');
  const receipt = await sell(till, 'Regency cakestand');
  await printed(till.page);
  expect(proxy.lost.filter((path) => path === '/api/printouts').length).toBeGreaterThan(0);
  expect(printer.printer.paper().slips).toHaveLength(1);
  expectReceipt(printer.printer.paper().slips[0], receipt);

  // Nobody can know whether it got through the cut: a person looks.
  await till.newSale();
  proxy.fate = () => 'carried';
  printer.printer.pullAtCut();
  await sell(till, 'Lunch bag');
  await expect(till.page.getByText('Look whether it came out whole')).toBeVisible({ timeout: 20_000 });
  await printer.printer.plug();
  await till.page.getByRole('button', { name: 'It was printed' }).click();
  expect(printer.printer.paper().slips).toHaveLength(2);
});

test('two tablets print on one printer, each receipt whole', async ({ floor }) => {
  const { server, shop, printer } = await shopWithPrinter(floor);
  const [one, other] = [await floor.till(shop, server.address), await floor.till(shop, server.address)];
  await choose(one.page);
  await choose(other.page);
  const receipts = await Promise.all([sell(one, 'Regency cakestand'), sell(other, 'Lunch bag')]);
  await printed(one.page);
  await printed(other.page);
  const { slips, pulses } = printer.printer.paper();
  expect(slips).toHaveLength(2);
  expect(slips.map((slip) => words(slip.rows.join('\n'))).sort()).toEqual(receipts.map(({ text }) => words(text)).sort());
  expect(pulses.length).toBeLessThanOrEqual(2);
});
