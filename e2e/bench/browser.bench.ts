// Browser: how long a cashier waits: start, search, scan, payment; each beside what an empty page takes in the same run.
import { expect, type Page } from '@playwright/test';
import { writeFile } from 'node:fs/promises';
import { type ShopFloor, test } from '../stage/shop_floor.ts';
import { PINS, type Shop } from '../stage/shop.ts';
import { type Tablet } from '../stage/tablet.ts';
import { barcode, goods } from './goods.ts';
import { quantile, shownAt, watch } from './stopwatch.ts';

const quick = (process.env.TILLBRIDGE_BENCH_QUICK ?? '') !== '';
const figures: Record<string, number> = {};
const SIZES = quick ? [4_241] : [4_241, 100_000];
const NAMES = '.pin-name';
const TILE = '.tile';

for (const count of SIZES) {
  test(`${count} products`, async ({ floor }) => {
    const server = await floor.server();
    const shop = await floor.shop(server.address);
    await shop.bring(goods(count));
    const tablet = await floor.tablet(server.address);
    const { page } = tablet;
    await watch(page, ['input[name=code]', NAMES, TILE, 'pre']);
    const size = `${count}`;

    const code = await shop.pairingCode(await shop.addRegister());
    await page.goto(server.address);
    const pairPage = await shownAt(page, 'input[name=code]');
    const began = await page.evaluate(() => performance.now());
    await tablet.pair(code);
    const paired = (await shownAt(page, NAMES)) - began;
    const opened = await signIn(page);
    note(`cold_start_ms_${size}`, pairPage + paired + opened);
    await loaded(page, count);

    const empty = await emptyPageStart(page, server.address);
    const starts: number[] = [];
    const opens: number[] = [];
    for (let round = 0; round < (quick ? 3 : 9); round += 1) {
      await page.goto(server.address);
      starts.push(await shownAt(page, NAMES));
      opens.push(await signIn(page));
    }
    note(`warm_start_ms_${size}`, quantile(starts, 0.5) + quantile(opens, 0.5));
    note(`warm_start_to_pin_ms_${size}`, quantile(starts, 0.5));
    note(`empty_page_start_ms_${size}`, empty);
    note(`warm_start_to_empty_page_ratio_${size}`, quantile(starts, 0.5) / empty);

    const cdp = await tablet.context.newCDPSession(page);
    for (const throttle of [1, 4]) {
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: throttle });
      const slow = throttle === 1 ? '' : `_cpu_${throttle}x`;
      const searched = await searches(page);
      const scanned = await scans(tablet, count);
      note(`search_key_to_paint_p95_ms_${size}${slow}`, quantile(searched, 0.95));
      note(`scan_to_line_p95_ms_${size}${slow}`, quantile(scanned, 0.95));
      const yardstick = quantile(await emptyPageKeys(tablet, throttle), 0.95);
      note(`empty_page_key_to_paint_p95_ms_${size}${slow}`, yardstick);
      note(`search_to_empty_page_ratio_${size}${slow}`, quantile(searched, 0.95) / yardstick);
    }
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
    if (count === SIZES[0]) {
      await payments(floor, shop, server.address, count);
    }
  });
}

test.afterAll(async () => {
  const report = process.env.TILLBRIDGE_BENCH_REPORT;
  if (report !== undefined) {
    await writeFile(report, JSON.stringify(figures));
  }
});

function note(name: string, value: number): void {
  figures[`browser_${name}`] = Math.round(value * 1_000) / 1_000;
  console.log(`browser_${name} ${figures[`browser_${name}`]}`);
}

/** Enters the PIN; says how long the till took from Enter to its tiles. */
async function signIn(page: Page): Promise<number> {
  await page.getByRole('button', { name: /Priya/ }).click();
  await page.keyboard.type(PINS.Priya, { delay: 60 });
  const began = await page.evaluate(() => performance.now());
  await page.keyboard.press('Enter');
  return (await shownAt(page, TILE)) - began;
}

/** Waits until every product is on the tablet. */
async function loaded(page: Page, count: number): Promise<void> {
  await page.getByRole('searchbox').or(page.getByPlaceholder(/^Search or scan/)).first().fill(`${100_000 + count - 1}`);
  await expect(page.locator(TILE).first()).toContainText(`${count - 1}`, { timeout: 300_000 });
  await page.keyboard.press('Escape');
}

async function emptyPageStart(page: Page, address: string): Promise<number> {
  const starts: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    await page.goto(`${address}/health`);
    starts.push(await page.evaluate(() => new Promise<number>((painted) => {
      requestAnimationFrame(() => setTimeout(() => painted(performance.now()), 0));
    })));
  }
  return Math.max(1, quantile(starts, 0.5));
}

const WORDS = ['wicker', 'red bunting', 'cafe teacup', 'lantern 42', 'creme', '100777', 'zz top', 'folding key rack'];

async function searches(page: Page): Promise<number[]> {
  await page.evaluate(() => {
    window.keyToPaint = [];
  });
  for (const word of quick ? WORDS.slice(0, 3) : WORDS) {
    await page.keyboard.press('F2');
    await page.keyboard.type(word, { delay: 120 });
    await page.keyboard.press('Escape');
    await page.waitForTimeout(150);
  }
  return page.evaluate(() => window.keyToPaint);
}

async function scans(tablet: Tablet, count: number): Promise<number[]> {
  const { page } = tablet;
  const times: number[] = [];
  for (let n = 0; n < (quick ? 10 : 40); n += 1) {
    const code = barcode(Math.floor((n * 7_919 + 13) % count));
    for (const digit of code) {
      await page.keyboard.press(digit);
    }
    await page.evaluate(() => {
      window.keyToPaint = [];
    });
    await page.keyboard.press('Enter');
    const painted = await page.waitForFunction(() => window.keyToPaint[0] ?? false);
    times.push((await painted.jsonValue()) as number);
    await page.waitForTimeout(120);
  }
  await page.keyboard.press('Control+Delete');
  return times;
}

async function emptyPageKeys(tablet: Tablet, throttle: number): Promise<number[]> {
  const page = await tablet.context.newPage();
  await watch(page, []);
  await page.goto(`${tablet.address}/health`);
  const cdp = await tablet.context.newCDPSession(page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: throttle });
  await page.evaluate(() => {
    const field = document.createElement('input');
    const echo = document.createElement('p');
    field.oninput = () => {
      echo.textContent = field.value;
    };
    document.body.replaceChildren(field, echo);
    field.focus();
  });
  await page.keyboard.type('an empty page echoes what is typed', { delay: 120 });
  const times = await page.evaluate(() => window.keyToPaint);
  await page.close();
  return times;
}

/** Pays again and again; counts what the browser had the disk make sure of. */
async function payments(floor: ShopFloor, shop: Shop, address: string, count: number): Promise<void> {
  const disk = await floor.disk();
  const tablet = await floor.till(shop, address, { browser: disk.browser });
  const { page } = tablet;
  await loaded(page, count);
  const times: number[] = [];
  const sales = quick ? 10 : 100;
  const before = await disk.flushes();
  for (let n = 0; n < sales; n += 1) {
    await tablet.scan(barcode(n));
    await page.keyboard.press('F9');
    await page.getByRole('group', { name: 'Likely amounts' }).getByRole('button').first().click();
    const began = await page.evaluate(() => performance.now());
    await page.getByRole('button', { name: 'Take cash and finish' }).click();
    await page.locator('.pay-saved').waitFor();
    times.push((await page.evaluate(() => performance.now())) - began);
    await page.getByRole('button', { name: 'New sale' }).click();
  }
  const flushed = (await disk.flushes()) - before;
  note('sale_commit_p50_ms', quantile(times, 0.5));
  note('sale_commit_p99_ms', quantile(times, 0.99));
  note('fdatasync_per_sale_ratio', flushed / sales);
  expect(flushed / sales, 'every sale reaches the disk').toBeGreaterThanOrEqual(1);
}
