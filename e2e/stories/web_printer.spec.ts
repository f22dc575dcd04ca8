// Web printer: a tablet prints over HTTP by itself, with the server away too; the page calls the printers that a manager has set up
// and nothing else; each receipt comes out once and whole.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { office } from '../stage/office.ts';
import { words } from '../stage/paper.ts';
import { PINS, type Shop } from '../stage/shop.ts';
import { expect, test } from '../stage/shop_floor.ts';
import type { Tablet } from '../stage/tablet.ts';
import { WebPrinter } from '../stage/web_printer.ts';

const devices = async (page: Page): Promise<void> => {
  await page.getByRole('link', { name: 'Tablet' }).click();
  await page.getByRole('link', { name: 'Printers, scales, scanners' }).click();
};

/** Whom the page that is kept on the tablet may call. */
const callable = (page: Page): Promise<string> =>
  page.evaluate(async () => /connect-src 'self'([^;]*);/.exec((await fetch('/')).headers.get('content-security-policy') ?? '')?.[1]?.trim() ?? 'none');

async function sell(till: Tablet, name: string): Promise<{ number: string; text: string }> {
  await till.page.getByRole('link', { name: 'Sell' }).click();
  await till.add(name);
  await till.charge();
  const { number } = await till.payCash();
  return { number, text: await till.page.getByRole('article', { name: `Receipt ${number}` }).innerText() };
}

const printed = (page: Page) => expect(page.getByText('Printed', { exact: true })).toBeVisible({ timeout: 20_000 });

/** Chooses the printer on the tablet and loads the register anew, as it asks for. */
async function choose(till: Tablet, kind?: { find: string; label: string }): Promise<void> {
  const { page } = till;
  await till.readyForOffline();
  await devices(page);
  await page.getByRole('button', { name: 'Add Counter, on the network' }).click();
  const form = page.getByRole('dialog');
  if (kind !== undefined) {
    await form.getByLabel('Find a kind').fill(kind.find);
    await form.getByRole('combobox', { name: 'Kind', exact: true }).selectOption({ label: kind.label });
  }
  await form.getByRole('combobox', { name: 'Drawer at this printer' }).selectOption('2');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Load the register anew once')).toBeVisible();
  await page.getByRole('button', { name: 'Load the register anew' }).click();
  await till.signIn('Priya', PINS.Priya);
  await devices(page);
  await expect(page.getByText('Ready', { exact: true })).toBeVisible();
}

test('a manager sets an Epson up for the tablets, which print on it, with the server away too', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const proxy = await floor.proxy(server);
  const printer = await WebPrinter.start('epson');
  const desk = await office(floor, server.address);
  await desk.getByRole('link', { name: 'Tablets' }).click();
  await desk.getByRole('link', { name: 'Printers' }).click();
  await desk.getByRole('button', { name: 'Add a printer' }).click();
  const form = desk.getByRole('dialog');
  await form.getByLabel('Name').fill('Counter');
  await form.getByLabel('Who prints on it').selectOption('epos_print');
  await expect(form.getByLabel('Port')).toHaveValue('443');
  await form.getByLabel('Connection').selectOption('false');
  await expect(form.getByLabel('Port')).toHaveValue('80');
  await form.getByLabel('Address in the network').fill('printer.example.com');
  await form.getByLabel('Port').fill(String(printer.address.port));
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText('Tablets call only what stands near').first()).toBeVisible();
  await form.getByLabel('Address in the network').fill(printer.address.host);
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText(printer.origin)).toBeVisible();
  await expect(desk.getByText('Reached by the tablets')).toBeVisible();
  expect((await new AxeBuilder({ page: desk }).analyze()).violations.map(({ id }) => id)).toEqual([]);

  const till = await floor.till(shop, proxy.address);
  const { page } = till;
  await till.readyForOffline();
  expect(await callable(page)).toBe('');
  await choose(till, { find: 'T88V', label: 'Epson TM-T88V' });
  expect(await callable(page)).toBe(printer.origin);
  expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id }) => id)).toEqual([]);

  const first = await sell(till, 'Regency cakestand');
  await printed(page);
  // The server is away, and the tablet is started anew without it.
  proxy.fate = () => 'lost';
  await page.reload();
  await till.signIn('Priya', PINS.Priya);
  const second = await sell(till, 'Lunch bag');
  await printed(page);
  const { slips, pulses } = printer.paper();
  expect(slips.map((slip) => words(slip.rows.join('\n')))).toEqual([first, second].map(({ text }) => words(text)));
  expect(slips.every((slip) => slip.cut && slip.barcodes.length === 1)).toBe(true);
  expect(pulses).toEqual([2, 2]);
  expect([...printer.origins]).toEqual([proxy.address]);

  // Removed by the manager, it is not called any more.
  proxy.fate = () => 'carried';
  await desk.getByRole('button', { name: 'Remove: Counter' }).click();
  await desk.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(desk.getByText('No network printers yet')).toBeVisible();
  await page.reload();
  await till.signIn('Priya', PINS.Priya);
  await expect.poll(() => callable(page)).toBe('');
});

async function set(shop: Shop, printer: WebPrinter): Promise<void> {
  const web = printer.maker === 'epson' ? 'epos_print' : 'web_prnt';
  const answer = await shop.api.post('/api/network-printers', {
    data: { id: shop.store.id, store_id: shop.store.id, name: 'Counter', ...printer.address, web },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}

test('without paper, with the printer away, with its answer lost: a receipt comes out once', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const printer = await WebPrinter.start('epson');
  await set(shop, printer);
  const till = await floor.till(shop, server.address);
  const { page } = till;
  await choose(till);

  printer.putPaper(false);
  const first = await sell(till, 'Regency cakestand');
  await expect(page.getByText('Printer is out of paper – prints when refilled')).toBeVisible();
  printer.putPaper(true);
  await printed(page);

  await till.newSale();
  await printer.off();
  const second = await sell(till, 'Lunch bag');
  await expect(page.getByText('This tablet does not reach the printer').first()).toBeVisible({ timeout: 20_000 });
  await printer.on();
  await printed(page);

  await till.newSale();
  printer.loseAnswers(true);
  const third = await sell(till, 'Doormat fancy font home');
  await expect(page.getByText('Look whether it came out whole')).toBeVisible({ timeout: 20_000 });
  printer.loseAnswers(false);
  const posts = printer.posts;
  // Nothing is sent again by itself, nor when the tablet is started anew.
  await page.reload();
  await till.signIn('Priya', PINS.Priya);
  await devices(page);
  await expect.poll(() => printer.posts).toBeGreaterThan(posts);
  await page.getByRole('button', { name: 'It was printed' }).click();
  const slips = printer.paper().slips.map((slip) => words(slip.rows.join('\n')));
  expect(slips).toEqual([first, second, third].map(({ text }) => words(text)));
});

test('a Star is told in its own way, and a person decides where its answer is lost', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const printer = await WebPrinter.start('star');
  await set(shop, printer);
  const till = await floor.till(shop, server.address);
  const { page } = till;
  await choose(till);
  // Of its maker it is taken for one of these.
  await expect(page.getByText('Star, 80 mm, StarPRNT')).toBeVisible();

  const { number } = await sell(till, 'Regency cakestand');
  await printed(page);
  const said = printer.text();
  expect(said).toContain('Regency cakestand');
  expect(said).not.toContain('\x1b@');
  // The drawer once, and the number as Code 128 once.
  expect(said.split('\x1b\x07\x0a\x32\x07')).toHaveLength(2);
  expect(said.split(`\x1bb\x06\x01\x01\x3c${number}\x1e`)).toHaveLength(2);

  await till.newSale();
  printer.openCover(true);
  await sell(till, 'Lunch bag');
  await expect(page.getByText('The printer’s cover is open – prints when it is closed')).toBeVisible();
  printer.openCover(false);
  await printed(page);
  expect(printer.text().split('Lunch bag')).toHaveLength(2);

  await till.newSale();
  printer.loseAnswers(true);
  await sell(till, 'Doormat fancy font home');
  await expect(page.getByText('Look whether it came out whole')).toBeVisible({ timeout: 20_000 });
  printer.loseAnswers(false);
  // It was not, says the person.
  await page.getByRole('button', { name: 'Print it' }).click();
  await printed(page);
  expect(printer.text().split('Doormat fancy font home')).toHaveLength(3);
});
