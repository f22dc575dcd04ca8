// Receipts as a shop wants them: a template with its picture, two languages and a square code, on paper, on the screen, as a page and
// as a PDF; and the reports of a shift on the same printer.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { office } from '../stage/office.ts';
import { Printer, setUp } from '../stage/printer.ts';
import { test } from '../stage/shop_floor.ts';
import { PINS } from '../stage/shop.ts';
import { words } from '../stage/paper.ts';
import { type Tablet } from '../stage/tablet.ts';

/** A black sign on white. */
async function sign(page: Page): Promise<Buffer> {
  const text = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [240, 120];
    const pen = canvas.getContext('2d');
    pen?.fillRect(40, 20, 160, 80);
    return canvas.toDataURL('image/png').split(',')[1] ?? '';
  });
  return Buffer.from(text, 'base64');
}

async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
}

async function sell(till: Tablet, name: string): Promise<string> {
  await till.page.getByRole('link', { name: 'Sell' }).click();
  await till.add(name);
  await till.charge();
  return (await till.payCash()).number;
}

test('a shop makes up its receipts: seen while typed, printed, as a page and as a PDF', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const printer = new Printer();
  const till = await floor.till(shop, server.address, { printer });
  await setUp(till.page, printer);
  await expect(till.page.getByText('Ready', { exact: true })).toBeVisible();
  await till.readyForOffline();

  const desk = await office(floor, server.address);
  await desk.goto(`${server.address}/manage/stores/${shop.store.id}`);
  const paper = desk.getByRole('article', { name: 'Receipt A1-000042' });
  await expect(paper).toContainText('Darjeeling tea');
  await expect(paper).toContainText('Total GBP');
  await expect(paper.locator('img')).toHaveCount(0);
  await desk.getByLabel('Tax number').fill('123 4567 89');
  await expect(paper).toContainText('VAT No 123 4567 89');
  await desk.getByLabel('Rows below the address').fill('Open 9 to 5\n020 7946 0000');
  await expect(paper).toContainText('020 7946 0000');
  await desk.getByLabel('Closing words of the receipt').fill('Thank you.\nCome again.');
  await desk.getByRole('combobox', { name: 'Second language below' }).selectOption('ar');
  await expect(paper).toContainText('الإجمالي GBP');
  // The number for a scanner stands on the screen too: bars, a square, or nothing.
  const code = paper.getByRole('img', { name: 'A1-000042' }).locator('svg');
  await expect(code).toHaveAttribute('viewBox', /^0 0 \d+ 1$/);
  const codes = desk.getByRole('combobox', { name: 'Receipt number for the scanner' });
  await codes.selectOption('none');
  await expect(code).toHaveCount(0);
  await codes.selectOption('qr');
  await expect(code).toHaveAttribute('viewBox', '0 0 21 21');
  await expect(paper).not.toContainText('Approved by');
  await desk.getByRole('switch', { name: 'Say who approved what' }).check();
  await expect(paper).toContainText('Approved by Nia: Discount');
  await expect(paper).not.toContainText('You save');
  await desk.getByRole('switch', { name: 'Say what was saved' }).check();
  await expect(paper).toContainText('You save');
  await desk.getByRole('switch', { name: 'Name the cashier' }).uncheck();
  await expect(paper).not.toContainText('Priya');
  const file = { name: 'sign.png', mimeType: 'image/png', buffer: await sign(desk) };
  await desk.locator('input[type=file]').first().setInputFiles(file);
  await expect(paper.locator('img')).toBeVisible();
  expect(await faults(desk)).toEqual([]);
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk).toHaveURL(/\/manage\/stores$/);

  // The tablet hears of it, and prints the next receipt so.
  const store = async (): Promise<string> => JSON.stringify(await (await shop.api.get('/api/stores')).json());
  expect(await store()).toContain('"logo":"');
  await expect
    .poll(() => till.page.evaluate(async () => (await (await caches.open('pictures')).keys()).length), { timeout: 40_000 })
    .toBeGreaterThan(0);
  // Without a network too.
  await till.offline(true);
  const number = await sell(till, 'Regency cakestand');
  await expect(till.page.getByText('Printed', { exact: true })).toBeVisible();
  const slip = printer.paper().slips.at(-1);
  const printed = slip?.rows.join('\n') ?? '';
  for (const part of ['VAT No 123 4567 89', 'Open 9 to 5', '020 7946 0000', 'Come again.', 'Total GBP', '12.75']) {
    expect(printed).toContain(part);
  }
  expect(printed).not.toContain('Priya');
  // The picture, and a row of Arabic under each word.
  expect(slip?.images).toBeGreaterThan(2);
  expect(slip?.squares).toEqual([number]);
  expect(slip?.barcodes).toEqual([]);
  const shown = till.page.getByRole('article', { name: `Receipt ${number}` });
  await expect(shown).toContainText('الإجمالي GBP');
  await expect(shown.locator('img')).toBeVisible();
  await expect(shown.getByRole('img', { name: number }).locator('svg')).toHaveAttribute('viewBox', '0 0 21 21');
  expect(await faults(till.page)).toEqual([]);
  await till.offline(false);

  await shop.expectBooks([{ number, total: 1_275 }]);
  const [row] = await shop.sales();
  await desk.goto(`${server.address}/manage/sales/${row?.id ?? ''}`);
  const page = await desk.getByRole('link', { name: 'Receipt as a page' }).getAttribute('href');
  const html = await desk.context().newPage();
  await html.goto(`${server.address}${page ?? ''}`);
  await expect(html.locator('main')).toContainText('COPY');
  await expect(html.locator('main')).toContainText('الإجمالي GBP');
  await expect(html.locator('svg')).toBeVisible();
  await expect.poll(() => html.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(240);
  expect(await html.locator('main').evaluate((main) => getComputedStyle(main).width)).toBe('302px');
  expect(await faults(html)).toEqual([]);
  const pdf = await desk.getByRole('link', { name: 'Receipt as a PDF' }).getAttribute('href');
  const made = await desk.request.get(`${server.address}${pdf ?? ''}`);
  expect(made.headers()['content-type']).toBe('application/pdf');
  expect((await made.body()).subarray(0, 5).toString()).toBe('%PDF-');
});

test('the reports of a shift come out of the receipt printer, and a Z report again as a copy', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address, { shift_needed: true });
  const printer = new Printer();
  const till = await floor.tablet(server.address, { printer });
  await till.pair(await shop.pairingCode(await shop.addRegister()));
  await till.signIn('Mia', PINS.Mia);
  await setUp(till.page, printer);
  await expect(till.page.getByText('Ready', { exact: true })).toBeVisible();
  const slips = (): number => printer.paper().slips.length;
  const last = (): string => printer.paper().slips.at(-1)?.rows.join('\n') ?? '';

  await till.page.getByRole('link', { name: 'Shift' }).click();
  await till.page.getByRole('button', { name: 'Enter only the sum' }).click();
  await till.page.getByLabel('In the drawer').fill('50');
  await till.page.getByRole('button', { name: 'Open shift' }).click();
  await sell(till, 'Lunch bag');
  await expect(till.page.getByText('Printed', { exact: true })).toBeVisible();
  await till.newSale();
  await till.page.getByRole('link', { name: 'Shift' }).click();
  const x = till.page.getByRole('region', { name: 'X report' });
  const shownX = words(await x.getByRole('article').innerText());
  const before = slips();
  await till.page.getByRole('button', { name: 'Print X report' }).click();
  await expect.poll(slips).toBe(before + 1);
  await expect(x.getByText('Printed', { exact: true })).toBeVisible();
  expect(words(last())).toBe(shownX);
  expect(words(last())).toContain('XREPORT');
  expect(printer.paper().slips.at(-1)).toMatchObject({ cut: true, barcodes: [], squares: [] });

  // Without paper and over a reload: the Z report is still printed, once.
  printer.takePaper();
  await till.page.getByRole('button', { name: 'Close shift' }).click();
  await till.page.getByRole('button', { name: 'Enter only the sum' }).click();
  await till.page.getByLabel('In the drawer').fill('51.65');
  await till.page.getByRole('button', { name: 'Go on' }).click();
  await till.page.getByRole('button', { name: 'Close shift' }).click();
  await expect(till.page.getByRole('heading', { name: 'Shift 1 is closed' })).toBeVisible();
  const shownZ = words(await till.page.getByRole('region', { name: 'Z report' }).getByRole('article').innerText());
  await till.page.getByRole('button', { name: 'Print Z report' }).click();
  await expect(till.page.getByText('Printer is out of paper – prints when refilled')).toBeVisible();
  await till.page.reload();
  await till.signIn('Mia', PINS.Mia);
  printer.putPaper();
  await expect.poll(slips, { timeout: 20_000 }).toBe(before + 2);
  expect(words(last())).toBe(shownZ);
  expect(words(last())).not.toContain('COPY');

  // The one of the shift before, again: it says that it is a copy.
  await till.page.getByRole('link', { name: 'Shift' }).click();
  const z = till.page.getByRole('region', { name: 'Z report' });
  await expect(z).toContainText('COPY');
  await z.getByRole('button', { name: 'Print a copy' }).click();
  await expect.poll(slips).toBe(before + 3);
  expect(words(last())).toContain('COPY');
  expect(words(last()).replace('COPY', '')).toBe(shownZ);
  await expect(z.getByText('Printed', { exact: true })).toBeVisible();

  // The office sees the same, marked as a copy.
  await till.expectSync(/./);
  const desk = await office(floor, server.address);
  await desk.goto(`${server.address}/manage/shifts`);
  await desk.getByRole('table').getByRole('link').first().click();
  const again = desk.getByRole('region', { name: 'Z report' });
  await expect(again.getByRole('button', { name: 'Print a copy of the Z report' })).toBeVisible({ timeout: 20_000 });
  expect(words(await again.getByRole('article').innerText()).replace('COPY', '')).toBe(shownZ);
});
