// Phone: every page of the office is usable at 390×844, from left to right and back.
import { expect } from '@playwright/test';
import { office } from '../stage/office.ts';
import { test } from '../stage/shop_floor.ts';

const PAGES = [
  '', '/sales', '/kept', '/products', '/products/new', '/categories', '/taxes', '/import', '/staff', '/tablets', '/stores', '/stores/new',
  '/account', '/next',
];

for (const language of ['en-GB', 'de', 'ar']) {
  test(`no page of the office is wider than a phone (${language})`, async ({ floor }) => {
    test.setTimeout(120_000);
    const server = await floor.server();
    const shop = await floor.shop(server.address);
    await (await floor.till(shop, server.address)).sell(['Lunch bag']);
    const page = await office(floor, server.address, { width: 390, height: 844, language });
    const wide: string[] = [];
    for (const path of PAGES) {
      await page.goto(`${server.address}/manage${path}`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.locator('main [aria-busy=true]')).toHaveCount(0);
      const found = await page.evaluate(() => {
        const scrolls = [document.documentElement, ...document.querySelectorAll('main')].filter(
          (box) => box.scrollWidth > box.clientWidth + 1,
        );
        // What is swiped on its own (a sheet, the rail, chips) may be longer than the screen.
        const out = [...document.querySelectorAll('.bar > *, main *')].filter((part) => {
          const box = part.getBoundingClientRect();
          const swiped = part.closest('.sheet, .tabs, .controls, .hidden-text, details:not([open]) > :not(summary)') !== null;
          return !swiped && box.width > 2 && (box.right > innerWidth + 1 || box.left < -1);
        });
        const small = [...document.querySelectorAll('.rail a, .bar a, .bar button')].filter((target) => {
          const box = target.getBoundingClientRect();
          return box.width < 48 || box.height < 48;
        });
        return [...scrolls, ...out, ...small].map((part) => `${part.tagName}.${part.className}`);
      });
      wide.push(...found.map((part) => `${path}: ${part}`));
      // Where one is stands in sight in the rail.
      const here = page.locator('nav.rail [aria-current=page]');
      if ((await here.count()) > 0) {
        await expect(here).toBeInViewport({ ratio: 0.99 });
      }
    }
    expect(wide).toEqual([]);
  });
}
