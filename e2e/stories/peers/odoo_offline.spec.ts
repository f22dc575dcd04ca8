// Odoo, offline: what was paid without a connection is paid, whatever the server says of it afterwards.
// Each story is named after the thread in which the users of that product told theirs (docs/reliability.md).
import { expect, test } from '../../stage/shop_floor.ts';
import { PINS } from '../../stage/shop.ts';

const PUSH = '/api/sync/push';
const NOTHING_OPEN = 'Scan a product or touch one to start a sale.';
const DAY_MS = 24 * 60 * 60 * 1_000;

test('odoo/odoo#288974: put aside, paid while the server is away, and not open again afterwards', async ({ floor }) => {
  const server = await floor.server();
  const proxy = await floor.proxy(server);
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, proxy.address);
  const other = await floor.till(shop, server.address);
  await till.readyForOffline();
  const { page } = till;

  // Begun and put aside with a connection; paid by card without one.
  await till.add('Regency cakestand');
  await page.getByRole('button', { name: 'Hold', exact: true }).click();
  await page.getByRole('dialog', { name: 'Hold this sale' }).getByRole('button', { name: 'Hold' }).click();
  await expect(page.getByText(NOTHING_OPEN)).toBeVisible();
  await till.expectSync('All sales synced');
  await server.kill();
  await page.getByRole('button', { name: 'Resume (1)' }).click();
  await page.getByRole('dialog', { name: 'Sales on hold' }).getByRole('button', { name: /Regency/ }).click();
  await till.charge();
  const paid = await till.payCard();
  await till.newSale();
  await till.expectSync(/Offline, 1 waiting/);

  // The server is back, and gives this tablet the news of another before it takes the sale.
  let pulls = 0;
  proxy.fate = (_method, path) => (path === PUSH ? 'lost' : 'carried');
  proxy.answered = async (path) => {
    pulls += path.startsWith('/api/sync/pull') ? 1 : 0;
  };
  await server.begin();
  const theirs = await other.sell(['Lunch bag']);
  await shop.expectBooks([{ number: theirs.number, total: 165 }]);
  pulls = 0;
  await till.tryNow();
  await expect.poll(() => pulls, { timeout: 20_000 }).toBeGreaterThan(0);
  await expect(page.getByText(NOTHING_OPEN)).toBeVisible();
  await expect(page.getByRole('button', { name: /^Resume/ })).toBeHidden();

  await page.reload();
  await till.signIn('Priya', PINS.Priya);
  await expect(page.getByText(NOTHING_OPEN)).toBeVisible();
  await expect(page.getByRole('button', { name: /^Resume/ })).toBeHidden();
  await expect(page.getByText(/1 waiting/).first()).toBeVisible();

  proxy.fate = () => 'carried';
  await till.tryNow();
  await till.expectSync('All sales synced');
  await shop.expectBooks([
    { number: paid.number, total: 1_275 },
    { number: theirs.number, total: 165 },
  ]);
  expect(await shop.tendersOf(paid.number)).toMatchObject([{ kind: 'card', amount: 1_275 }]);
});

test('odoo/odoo#190821: loaded anew on the receipt, as the connection comes back', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  await till.readyForOffline();
  await till.offline(true);
  await till.add('Regency cakestand');
  await till.charge();
  const paid = await till.payCash();

  await till.offline(false);
  await till.page.reload();
  await till.signIn('Priya', PINS.Priya);
  await expect(till.page.getByText(NOTHING_OPEN)).toBeVisible();
  await till.page.getByRole('link', { name: 'Receipts' }).click();
  await expect(till.page.getByText(paid.number).first()).toBeVisible();
  await till.expectSync('All sales synced');
  await shop.expectBooks([{ number: paid.number, total: 1_275 }]);
  expect(await shop.tendersOf(paid.number)).toMatchObject([{ kind: 'cash', amount: 1_275 }]);
});

test('odoo/odoo#179505: loaded anew with a connection, it does not say "synced" before it is', async ({ floor }) => {
  const server = await floor.server();
  const proxy = await floor.proxy(server);
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, proxy.address);
  await till.readyForOffline();
  await till.offline(true);
  const first = await till.sell(['Regency cakestand']);
  const second = await till.sell(['Lunch bag']);

  // The connection is good for everything but handing in.
  proxy.fate = (_method, path) => (path === PUSH ? 'lost' : 'carried');
  await till.page.addInitScript(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    new MutationObserver(() => {
      const now = document.querySelector('[data-sync]')?.textContent?.trim();
      if (now !== undefined && said.at(-1) !== now) {
        said.push(now);
      }
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
  await till.offline(false);
  await till.page.reload();
  await till.signIn('Priya', PINS.Priya);
  await expect.poll(() => proxy.lost.length, { timeout: 20_000 }).toBeGreaterThan(1);
  await till.expectSync(/2 waiting/);
  const said = await till.page.evaluate(() => (window as unknown as { said: string[] }).said);
  expect(said.length).toBeGreaterThan(0);
  expect(said.filter((words) => !words.includes('2 waiting'))).toEqual([]);

  // It is handed in by itself: nobody sells another, nobody presses anything.
  proxy.fate = () => 'carried';
  await till.expectSync('All sales synced');
  await shop.expectBooks([
    { number: first.number, total: 1_275 },
    { number: second.number, total: 165 },
  ]);
});

test('odoo/odoo#203431: sold days ago without a connection, and in the books of that day', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  const today = Date.now();
  const then = today - 3 * DAY_MS;
  await till.offline(true);
  await till.page.clock.setSystemTime(then);
  const first = await till.sell(['Regency cakestand']);
  const second = await till.sell(['Lunch bag']);

  // The day is over, and the next sale is made with a connection: not that one alone is handed in.
  await till.page.clock.setSystemTime(today);
  await till.offline(false);
  const third = await till.sell(['Doormat fancy font']);
  await till.expectSync('All sales synced');
  await shop.expectBooks([
    { number: first.number, total: 1_275 },
    { number: second.number, total: 165 },
    { number: third.number, total: 675 },
  ]);
  expect(await shop.kept()).toEqual([]);
  const numbers = async (at_ms: number): Promise<string[]> => {
    const rows = await shop.sales(shop.dayOf(at_ms));
    return rows.map((row) => row.receipt_number).sort();
  };
  expect(await numbers(then)).toEqual([first.number, second.number]);
  expect(await numbers(today)).toEqual([third.number]);
});

test('odoo/odoo#203431: what an unpaired tablet had recorded is kept for a manager', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  const before = await till.sell(['Lunch bag']);
  await shop.expectBooks([{ number: before.number, total: 165 }]);
  await till.offline(true);
  const after = await till.sell(['Regency cakestand']);
  const [device] = await shop.devices();
  await shop.revoke(device?.id ?? '');
  await till.offline(false);
  await expect.poll(async () => (await shop.kept()).length, { timeout: 20_000 }).toBe(1);
  const [kept] = await shop.kept();
  expect(kept?.content).toContain(after.number);
  await shop.expectBooks([{ number: before.number, total: 165 }]);
  await expect(till.page.getByText('Everything recorded here is at the server.')).toBeVisible();
});
