// Phone: every page of the office is usable at 390×844, from left to right and back.
import { expect, type Page } from '@playwright/test';
import { office } from '../stage/office.ts';
import { test } from '../stage/shop_floor.ts';

const PAGES = [
  '', '/sales', '/shifts', '/days', '/approvals', '/kept', '/products', '/products/new', '/categories', '/taxes', '/import', '/promotions', '/promotions/new', '/price-lists', '/price-lists/new', '/staff', '/tablets', '/stores', '/stores/new',
  '/account', '/next',
];
const PHONE = { width: 390, height: 844 };

/** What is wider than the screen, or too small for a finger. */
async function faults(page: Page, where: string): Promise<string[]> {
  await expect(page.locator('main [aria-busy=true]')).toHaveCount(0);
  const found = await page.evaluate(() => {
    const scrolls = [document.documentElement, ...document.querySelectorAll('main')].filter(
      (box) => box.scrollWidth > box.clientWidth + 1,
    );
    // What is swiped on its own (a sheet, the rail, chips) may be longer than the screen; what is folded has no place.
    const own = '.sheet, .tabs, .controls, .record, .kept .sale, .hidden-text, details:not([open]) > :not(summary)';
    const out = [...document.querySelectorAll('.bar > *, main *')].filter((part) => {
      const box = part.getBoundingClientRect();
      return part.closest(own) === null && box.width > 2 && (box.right > innerWidth + 1 || box.left < -1);
    });
    const small = [...document.querySelectorAll('.rail a, .bar a, .bar button')].filter((target) => {
      const box = target.getBoundingClientRect();
      return box.width < 48 || box.height < 48;
    });
    return [...scrolls, ...out, ...small].map((part) => `${part.tagName}.${part.className}`);
  });
  return found.map((part) => `${where}: ${part}`);
}

for (const language of ['en-GB', 'de', 'ar']) {
  test(`no page of the office is wider than a phone (${language})`, async ({ floor }) => {
    test.setTimeout(120_000);
    const server = await floor.server();
    const wide: string[] = [];
    const visitor = (await floor.tablet(server.address, { ...PHONE, language })).page;
    await visitor.goto(`${server.address}/manage`);
    await expect(visitor.locator('form')).toBeVisible();
    wide.push(...(await faults(visitor, 'set-up')));
    const shop = await floor.shop(server.address);
    await visitor.reload();
    await expect(visitor.locator('input[type=password]')).toBeVisible();
    wide.push(...(await faults(visitor, 'sign-in')));

    // One of everything: a sale in the books, and one that is kept.
    const till = await floor.till(shop, server.address);
    await till.sell(['Lunch bag']);
    await expect.poll(async () => (await shop.sales()).length, { timeout: 20_000 }).toBe(1);
    await till.offline(true);
    await till.sell(['Regency cakestand']);
    const [device] = await shop.devices();
    await shop.revoke(device?.id ?? '');
    await till.offline(false);
    await expect.poll(async () => (await shop.kept()).length, { timeout: 20_000 }).toBe(1);
    const [sale] = await shop.sales();
    const products = (await (await shop.api.get('/api/products')).json()) as { rows: { id: string }[] };

    const page = await office(floor, server.address, { ...PHONE, language });
    const records = [`/sales/${sale?.id}`, `/products/${products.rows[0]?.id}`, `/stores/${shop.store.id}`];
    for (const path of [...PAGES, ...records]) {
      await page.goto(`${server.address}/manage${path}`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      if (path === '/kept') {
        await page.getByRole('article').locator('summary').click();
      }
      wide.push(...(await faults(page, path)));
      // Where one is stands in sight in the rail.
      const here = page.locator('nav.rail [aria-current=page]');
      if ((await here.count()) > 0) {
        await expect(here).toBeInViewport({ ratio: 0.99 });
      }
    }
    expect(wide).toEqual([]);
  });
}
