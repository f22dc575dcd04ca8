// Page: the app starts in a browser, under a policy without inline scripts, and says what it is.
import { expect, test } from '@playwright/test';
import { staticFiles } from '../stage/static_files.ts';

test('the app starts and nothing in it breaks the page policy', async ({ page }) => {
  const files = await staticFiles();
  const broken: string[] = [];
  page.on('pageerror', (error) => broken.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content.Security.Policy|panicked/.test(message.text())) {
      broken.push(message.text());
    }
  });
  await page.goto(files.address);
  await expect(page).toHaveTitle(/Tillbridge/);
  await expect(page.getByRole('main')).toBeVisible();
  expect(broken).toEqual([]);
  await files.close();
});
