// Access: axe finds nothing on any page, in light and dark, on a tablet held either way, from left to right and back.
import { AxeBuilder } from '@axe-core/playwright';
import { type Page } from '@playwright/test';
import { expect, test } from '../stage/shop_floor.ts';
import { OWNER, PINS } from '../stage/shop.ts';
import { type TabletOptions, typePin } from '../stage/tablet.ts';

/** A tablet held either way, by day and by night. */
const LOOKS = [
  { name: 'light, 1280×800', dark: false, width: 1280, height: 800 },
  { name: 'dark, 820×1180', dark: true, width: 820, height: 1180 },
] as const;
const THE_OTHER_WAY = [
  { name: 'light, 820×1180', dark: false, width: 820, height: 1180 },
  { name: 'dark, 1280×800', dark: true, width: 1280, height: 800 },
] as const;
type Look = (typeof LOOKS | typeof THE_OTHER_WAY)[number];

const rounds: { name: string; options: TabletOptions; looks: readonly Look[] }[] = [
  { name: 'English', options: {}, looks: LOOKS },
  { name: 'Arabic', options: { language: 'ar' }, looks: THE_OTHER_WAY },
];

/** Pages of the office that need no record of their own. */
const OFFICE = {
  books: ['', '/sales', '/shifts', '/days', '/approvals', '/kept', '/customers', '/accounts', '/layaways', '/account', '/next'],
  settings: [
    '/products', '/products/new', '/categories', '/taxes', '/import', '/promotions', '/promotions/new', '/price-lists',
    '/price-lists/new', '/staff', '/tablets', '/stores', '/stores/new', '/connect', '/connect/new',
  ],
} as const;

// Each looks at many pages: they go side by side.
test.describe.configure({ mode: 'parallel' });

/** What is in the way on a page as it stands, in each look. */
async function faults(page: Page, where: string, looks: readonly Look[]): Promise<string[]> {
  const found: string[] = [];
  for (const { name, dark, width, height } of looks) {
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height });
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze();
    found.push(...violations.map(({ id, nodes }) => `${where} (${name}): ${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`));
  }
  return found;
}

for (const { name, options, looks } of rounds) {
  test(`nothing is in anybody's way (${name})`, async ({ floor }) => {
    const server = await floor.server();
    const shop = await floor.shop(server.address);
    const tablet = await floor.tablet(server.address, options);
    const { page } = tablet;
    const found: string[] = [];
    const look = async (where: string): Promise<void> => {
      found.push(...(await faults(page, where, looks)));
    };

    await expect(page.locator('input[name=code]')).toBeVisible();
    await look('pair');
    await page.locator('input[name=code]').fill(await shop.pairingCode(await shop.addRegister()));
    await page.locator('form button').click();
    await expect(page.getByRole('button', { name: /Priya/ })).toBeVisible();
    await look('names');
    await page.getByRole('button', { name: /Priya/ }).click();
    await look('PIN');
    await typePin(page, PINS.Priya);
    await expect(page.locator('nav.rail')).toBeVisible();
    await look('sell');
    await tablet.scan('5012345678900');
    await tablet.scan('4006381333931');
    await expect(page.getByText('White hanging heart holder').first()).toBeVisible();
    await look('sell with a cart');
    await tablet.scan('0000000000000');
    await look('sell with an unknown code');
    await page.keyboard.press('F9');
    await expect(page).toHaveURL(/\/pay$/);
    await look('pay in cash');
    await page.keyboard.press('F3');
    await look('pay by card');
    await page.keyboard.press('F2');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await expect(page.locator('.pay-saved')).toBeVisible();
    await look('done');
    await page.keyboard.press('Enter');
    for (const path of ['/receipts', '/shift', '/tablet']) {
      await page.locator(`nav.rail a[href="${path}"]`).click();
      await expect(page.getByRole('main')).toBeVisible();
      await look(path);
    }
    expect(found).toEqual([]);
  });

  for (const [part, pages] of Object.entries(OFFICE)) {
    test(`nothing is in a manager's way (${part}, ${name})`, async ({ floor }) => {
      const server = await floor.server();
      const tablet = await floor.tablet(server.address, options);
      const { page } = tablet;
      const found: string[] = [];
      const look = async (where: string): Promise<void> => {
        found.push(...(await faults(page, where, looks)));
      };
      await page.goto(`${server.address}/manage`);
      await expect(page.getByRole('main')).toBeVisible();
      await expect(page.locator('form')).toBeVisible();
      if (part === 'settings') {
        await look('set-up');
      }
      await floor.shop(server.address);
      await page.reload();
      await expect(page.locator('input[type=password]')).toBeVisible();
      if (part === 'settings') {
        await look('sign-in');
      }
      await page.locator('input[type=email]').fill(OWNER.email);
      await page.locator('input[type=password]').fill(OWNER.password);
      await page.keyboard.press('Enter');
      await expect(page.locator('input[type=password]')).toBeHidden();
      for (const path of pages) {
        await page.goto(`${server.address}/manage${path}`);
        await expect(page.getByRole('main')).toBeVisible();
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        await look(`/manage${path}`);
      }
      if (part === 'settings') {
        await page.goto(`${server.address}/manage/stores`);
        await page.locator('.registers button').first().click();
        await expect(page.getByRole('dialog')).toBeVisible();
        await look('renaming a register');
      }
      expect(found).toEqual([]);
    });
  }
}
