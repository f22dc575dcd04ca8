// Buyer: a phone of its own faces the buyer: paired by the till's code, it shows what the till shows, live; where the till or the server is
// away, nothing stands on it.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '../stage/shop_floor.ts';

test('a phone shows the sale as it is made, and nothing that is not said any more', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address, { language: 'de', name: 'Lädchen' });
  const till = await floor.tablet(server.address);
  await till.page.evaluate(() => localStorage.setItem('tillbridge.language', 'en'));
  await till.page.reload();
  await till.pair(await shop.pairingCode(await shop.addRegister()));
  await till.signIn('Priya', '2580');
  const devices = async (): Promise<void> => {
    await till.page.getByRole('link', { name: 'Tablet' }).click();
    await till.page.getByRole('link', { name: 'Printers, scales, scanners' }).click();
  };
  await devices();
  await till.page.getByRole('button', { name: 'Pair a phone or tablet' }).click();
  await expect(till.page.getByRole('img', { name: 'Code for the camera' })).toBeVisible();
  const code = await till.page.locator('.pairing-code').innerText();
  const { violations: ofTill } = await new AxeBuilder({ page: till.page }).analyze();
  expect(ofTill.map(({ id }) => id)).toEqual([]);

  const phone = await floor.tablet(server.address, { width: 414, height: 896 });
  const { page } = phone;
  await page.goto(`${server.address}/buyer.html`);
  const form = page.getByLabel('Code from the till');
  await expect(form).toBeVisible();
  const { violations: ofForm } = await new AxeBuilder({ page }).analyze();
  expect(ofForm.map(({ id }) => id)).toEqual([]);
  await form.fill('WRONG-CODE');
  await page.getByRole('button', { name: 'Pair' }).click();
  await expect(page.getByText('This code is not right')).toBeVisible();
  // As the till's square says it.
  await page.goto('about:blank');
  await page.goto(`${server.address}/buyer.html#${code}`);
  await expect(page.getByText('Willkommen')).toBeVisible({ timeout: 15_000 });
  await expect(page.getByRole('heading', { name: 'Lädchen' })).toBeVisible();
  expect(page.url()).toBe(`${server.address}/buyer.html`);

  await till.page.getByRole('button', { name: 'Done' }).click();
  await expect(till.page.getByRole('button', { name: 'Remove display 1' })).toBeVisible();
  await till.page.getByRole('link', { name: 'Sell' }).click();
  await till.add('Regency cakestand');
  const lines = page.getByRole('listitem');
  await expect(lines).toHaveCount(1);
  await expect(lines.first()).toContainText('Regency cakestand');
  await expect(page.locator('#sums')).toContainText('12,75');
  await till.add('Lunch bag');
  await expect(lines).toHaveCount(2);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  // It sees nothing but that.
  const seen = (path: string) => page.evaluate(async (path) => (await fetch(path)).status, path);
  expect(await Promise.all(['/api/sync/pull', '/api/displays', '/api/products', '/api/session'].map(seen))).toEqual([401, 401, 401, 401]);

  // The till is away: what it said last does not stay. Back again, it stands there as it is by then.
  await till.context.setOffline(true);
  await expect(lines).toHaveCount(0, { timeout: 25_000 });
  await till.add('Lunch bag');
  await till.context.setOffline(false);
  await expect(lines.filter({ hasText: '2 ×' })).toHaveCount(1, { timeout: 30_000 });
  // The phone is away from the server.
  await phone.context.setOffline(true);
  await expect(lines).toHaveCount(0, { timeout: 25_000 });
  await phone.context.setOffline(false);
  await expect(lines).toHaveCount(2, { timeout: 30_000 });

  await till.charge();
  await till.payCash();
  await expect(page.getByText('Vielen Dank!')).toBeVisible();
  // Loaded anew, it is still this till's.
  await page.reload();
  await expect(page.getByText('Vielen Dank!')).toBeVisible({ timeout: 15_000 });
  await till.newSale();
  await expect(page.getByText('Willkommen')).toBeVisible();
  await devices();
  await till.page.getByRole('button', { name: 'Remove display 1' }).click();
  await expect(page.getByLabel('Code from the till')).toBeVisible({ timeout: 15_000 });
  await expect(page.getByText('Willkommen')).toBeHidden();
});
