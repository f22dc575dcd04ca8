// Page: each app starts in a browser, under a policy without inline scripts, with what it needs and nothing of the other.
import { expect, test as base } from '@playwright/test';
import { staticFiles, type StaticFiles } from '../stage/static_files.ts';

const test = base.extend<{ files: StaticFiles }>({
  files: async ({}, use) => {
    const files = await staticFiles();
    await use(files);
    await files.close();
  },
});

test('each app starts, loads nothing of the other, and nothing in it breaks the page policy', async ({ page, files }) => {
  const broken: string[] = [];
  const loaded: string[] = [];
  page.on('pageerror', (error) => broken.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content.Security.Policy|panicked/.test(message.text())) {
      broken.push(message.text());
    }
  });
  page.on('response', (response) => loaded.push(new URL(response.url()).pathname));
  const wasm = (): string[] => loaded.filter((path) => path.endsWith('.wasm')).map((path) => path.replace(/-.*/, ''));

  await page.goto(files.address);
  await expect(page).toHaveTitle(/Tillbridge/);
  await expect(page.getByRole('main')).toBeVisible();
  expect([...new Set(wasm())]).toEqual(['/register']);
  expect(loaded.filter((path) => path.startsWith('/manage'))).toEqual([]);
  // The words of one language, and of no other.
  expect(loaded.filter((path) => path.endsWith('.json')).map((path) => path.slice(0, 13))).toEqual(['/register-en-']);

  loaded.length = 0;
  await page.goto(`${files.address}/sign-in`);
  await expect(page.getByRole('main')).toBeVisible();
  // The service worker of before may keep the register meanwhile.
  expect(wasm()).toContain('/manage');
  await expect(page.locator('link[href*="sell"]')).toHaveCount(0);
  expect(broken).toEqual([]);
});

test('words that do not come are told in a sentence, and asked for again', async ({ page, files }) => {
  await page.route('**/register-en-*.json', (route) => route.abort());
  await page.goto(files.address);
  await expect(page.getByRole('alert')).toContainText('Tillbridge could not be loaded');
  await expect(page.getByRole('main')).toHaveCount(1);
  await page.unroute('**/register-en-*.json');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('textbox', { name: 'Pairing code' })).toBeVisible();
});
