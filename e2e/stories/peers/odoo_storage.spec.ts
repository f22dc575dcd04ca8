// Odoo, storage: the power cut, the cleared storage and the lost database of a tablet cost no sale that was promised.
// Each story is named after the thread in which the users of that product told theirs (docs/reliability.md).
import { office } from '../../stage/office.ts';
import { expect, test } from '../../stage/shop_floor.ts';
import { PINS } from '../../stage/shop.ts';
import { type Tablet } from '../../stage/tablet.ts';

const NOTHING_OPEN = 'Scan a product or touch one to start a sale.';

for (const line of ['with a connection', 'without one']) {
  test(`odoo/odoo#125037: killed right after payment ${line}; the next sale is another sale`, async ({ floor }) => {
    const server = await floor.server();
    const shop = await floor.shop(server.address);
    const till = await floor.till(shop, server.address);
    await till.readyForOffline();
    await till.offline(line === 'without one');
    await till.add('Regency cakestand');
    await till.charge();
    const paid = await till.payCash();
    await till.pullThePlug();

    await till.switchOn();
    await till.signIn('Priya', PINS.Priya);
    await expect(till.page.getByText(NOTHING_OPEN)).toBeVisible();
    const next = await till.sell(['Lunch bag']);
    expect(next.number).not.toBe(paid.number);
    await till.expectSync('All sales synced');
    await shop.expectBooks([
      { number: paid.number, total: 1_275 },
      { number: next.number, total: 165 },
    ]);
    expect(await shop.kept()).toEqual([]);
  });
}

test('odoo/odoo#284790: the browser is asked to keep everything, at every start until it promises', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.tablet(server.address);
  const { page } = till;
  await promiseOnlyWhenInstalled(till);
  await page.reload();
  await till.pair(await shop.pairingCode(await shop.addRegister()));
  await till.signIn('Priya', PINS.Priya);
  await page.getByRole('link', { name: 'Tablet' }).click();
  await expect(page.getByText(/has not promised to keep what is stored here/)).toBeVisible();

  await page.evaluate(() => localStorage.setItem('installed', 'yes'));
  await page.reload();
  await till.signIn('Priya', PINS.Priya);
  await page.getByRole('link', { name: 'Tablet' }).click();
  await expect(page.getByText('The browser has promised not to clear what is stored here.')).toBeVisible();
  expect(await page.evaluate(() => navigator.storage.persisted())).toBe(true);
});

test('odoo/odoo#284790: everything was cleared; what is missing is told, and no number is given again', async ({ floor }) => {
  const server = await floor.server();
  const proxy = await floor.proxy(server);
  const shop = await floor.shop(server.address);
  const register = await shop.addRegister();
  const till = await floor.tablet(proxy.address);
  await till.pair(await shop.pairingCode(register));
  await till.signIn('Priya', PINS.Priya);
  const sent = await till.sell(['Regency cakestand']);
  await shop.expectBooks([{ number: sent.number, total: 1_275 }]);
  // One more, which does not come through.
  proxy.fate = (_method, path) => (path === '/api/sync/push' ? 'lost' : 'carried');
  const lost = await till.sell(['Lunch bag']);
  await till.tryNow();
  await expect.poll(async () => (await shop.devices())[0]?.unsent, { timeout: 20_000 }).toBe(1);

  // A browser clears what no page has open.
  const browser = await till.context.newCDPSession(till.page);
  await till.page.goto('about:blank');
  await browser.send('Storage.clearDataForOrigin', { origin: till.address, storageTypes: 'all' });
  await till.page.goto(till.address);
  await expect(till.page.getByRole('heading', { name: 'Pair this tablet' })).toBeVisible();
  const desk = await office(floor, server.address);
  await desk.goto(`${server.address}/manage/tablets`);
  await expect(desk.getByText('1 not sent yet')).toBeVisible();

  // The same register, the same tablet: another row of numbers.
  proxy.fate = () => 'carried';
  await till.pair(await shop.pairingCode(register));
  await till.signIn('Priya', PINS.Priya);
  const next = await till.sell(['Doormat fancy font']);
  expect([sent.number, lost.number]).not.toContain(next.number);
  await till.expectSync('All sales synced');
  await shop.expectBooks([
    { number: sent.number, total: 1_275 },
    { number: next.number, total: 675 },
  ]);
  expect(await shop.kept()).toEqual([]);
});

test('odoo/odoo#253943: the database is lost while a sale is paid, and comes back', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  const { page } = till;
  await loseTheDatabaseOnCommand(till);
  await page.reload();
  await till.signIn('Priya', PINS.Priya);

  // Back from the background: the connection is there and closed.
  await page.evaluate(() => window.database.close());
  const first = await till.sell(['Regency cakestand']);

  // The database's process is killed in the middle of writing the sale, and is away for a while.
  await till.add('Lunch bag');
  await till.charge();
  await page.evaluate(() => window.database.kill());
  await page.getByRole('group', { name: 'Likely amounts' }).getByRole('button').first().click();
  await page.getByRole('button', { name: 'Take cash and finish' }).click();
  await expect(page.getByRole('alert').getByText(/reconnecting to its storage/)).toBeVisible();
  await expect(page.getByText(/^Saved on this tablet/)).toBeHidden();
  const finish = page.getByRole('button', { name: 'Finish the sale' });
  await finish.click();
  await expect(page.getByRole('alert').getByText(/reconnecting to its storage/)).toBeVisible();
  await page.evaluate(() => window.database.mend());

  // What was taken stays with the sale; it is finished once, by the press that the storage is there for.
  await expect(async () => {
    if (await finish.isVisible()) {
      await finish.click({ timeout: 1_000 });
    }
    await expect(page.getByText(/^Saved on this tablet/)).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  const second = await till.receipt();
  await till.newSale();
  const third = await till.sell(['Doormat fancy font']);
  await till.expectSync('All sales synced');
  await shop.expectBooks([
    { number: first.number, total: 1_275 },
    { number: second.number, total: 165 },
    { number: third.number, total: 675 },
  ]);
  expect(await shop.tendersOf(second.number)).toMatchObject([{ kind: 'cash', amount: 165 }]);
});

/** From the next load on the browser promises to keep the storage when it is asked to, and only once the app is installed. */
async function promiseOnlyWhenInstalled(till: Tablet): Promise<void> {
  await till.page.addInitScript(() => {
    StorageManager.prototype.persisted = async () => localStorage.getItem('promised') === 'yes';
    StorageManager.prototype.persist = async () => {
      const promises = localStorage.getItem('installed') === 'yes';
      localStorage.setItem('promised', promises ? 'yes' : 'no');
      return promises;
    };
  });
}

declare global {
  interface Window {
    database: { close(): void; kill(): void; mend(): void };
  }
}

/** From the next load on the page can be made to meet what WebKit does to a page, in WebKit's words. */
async function loseTheDatabaseOnCommand(till: Tablet): Promise<void> {
  await till.page.addInitScript(() => {
    const open = new Set<IDBDatabase>();
    const dead = new WeakSet<IDBDatabase>();
    let isAway = false;
    const lost = (): DOMException =>
      new DOMException('Connection to Indexed Database server lost. Refresh the page to try again', 'UnknownError');
    const { open: really } = IDBFactory.prototype;
    IDBFactory.prototype.open = function (this: IDBFactory, ...asked: [string, number?]): IDBOpenDBRequest {
      if (isAway) {
        throw lost();
      }
      const request = really.apply(this, asked);
      request.addEventListener('success', () => open.add(request.result));
      return request;
    };
    // A dead connection still begins transactions; whatever is asked in them fails.
    for (const name of ['get', 'getAll', 'add', 'put', 'delete', 'clear'] as const) {
      const before = IDBObjectStore.prototype[name] as (...asked: unknown[]) => unknown;
      IDBObjectStore.prototype[name] = function (this: IDBObjectStore, ...asked: unknown[]): never {
        if (dead.has(this.transaction.db)) {
          throw lost();
        }
        return before.apply(this, asked) as never;
      };
    }
    window.database = {
      close: () => open.forEach((database) => database.close()),
      kill: () => {
        isAway = true;
        open.forEach((database) => dead.add(database));
      },
      mend: () => {
        isAway = false;
      },
    };
  });
}
