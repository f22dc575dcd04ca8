// Pictures: a manager gives a product a picture, the tablet shows it, also without a network.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import { office } from '../stage/office.ts';
import { test } from '../stage/shop_floor.ts';
import { PINS, type Shop } from '../stage/shop.ts';

/** A photo as a camera makes it, larger than anybody needs. */
async function photo(page: Page, width: number, height: number): Promise<Buffer> {
  const text = await page.evaluate(([w, h]) => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [w ?? 1, h ?? 1];
    const pen = canvas.getContext('2d');
    for (let at = 0; pen !== null && at < 400; at += 1) {
      pen.fillStyle = `hsl(${(at * 37) % 360} 70% 50%)`;
      pen.fillRect((at * 131) % canvas.width, (at * 89) % canvas.height, canvas.width / 5, canvas.height / 5);
    }
    return canvas.toDataURL('image/png').split(',')[1] ?? '';
  }, [width, height]);
  return Buffer.from(text, 'base64');
}

async function faults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
}

async function product(shop: Shop, name: string): Promise<{ id: string; picture?: string }> {
  const answer = await shop.api.get(`/api/products?search=${encodeURIComponent(name)}`);
  const { rows } = (await answer.json()) as { rows: { id: string; picture?: string }[] };
  const [found] = rows;
  if (found === undefined) {
    throw new Error(`no ${name}`);
  }
  return found;
}

test('a manager gives a product a picture; the tablet shows it, also after an offline reload', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  await till.readyForOffline();
  const tile = till.tile('Lunch bag');
  await expect(tile).toBeVisible();
  const before = await tile.boundingBox();
  await expect(tile.locator('img')).toHaveCount(0);

  const desk = await office(floor, server.address);
  const { id } = await product(shop, 'Lunch bag');
  await desk.goto(`${server.address}/manage/products/${id}`);
  const chooser = desk.locator('input[type=file]').first();
  const preview = desk.locator('.picture img');
  await chooser.setInputFiles({ name: 'prices.csv', mimeType: 'image/png', buffer: Buffer.from('sku,price\n1,2\n') });
  await expect(desk.getByText('This file is not a picture that can be shown.').first()).toBeVisible();
  const large = await photo(desk, 3_000, 2_000);
  await chooser.setInputFiles({ name: 'bag.png', mimeType: 'image/png', buffer: large });
  await expect(preview).toBeVisible();
  await expect.poll(() => preview.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])).toEqual([512, 341]);
  expect(await faults(desk)).toEqual([]);
  // Taken away and brought back: until it is saved nothing has changed.
  await desk.getByRole('button', { name: 'Remove the picture' }).click();
  await expect(preview).toHaveCount(0);
  await desk.getByRole('button', { name: 'Undo' }).click();
  await expect(preview).toBeVisible();
  expect((await product(shop, 'Lunch bag')).picture).toBeUndefined();
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk).toHaveURL(/\/manage\/products$/);

  const { picture = '' } = await product(shop, 'Lunch bag');
  expect(picture).toMatch(/^\/api\/pictures\/[0-9a-f]{64}$/);
  const stored = await shop.api.get(picture);
  expect(stored.headers()['content-type']).toBe('image/webp');
  expect((await stored.body()).length).toBeLessThan(Math.min(large.length, 512 * 1_024));

  // The tablet hears of it, and the tile keeps its place and size.
  const shown = tile.locator('img.shown');
  await expect(shown).toBeVisible({ timeout: 20_000 });
  expect(await tile.boundingBox()).toEqual(before);
  await expect
    .poll(() => till.page.evaluate(async (path) => (await (await caches.open('pictures')).match(path)) !== undefined, picture))
    .toBe(true);

  expect(await faults(till.page)).toEqual([]);

  await till.offline(true);
  await till.page.reload();
  await till.signIn('Priya', PINS.Priya);
  await expect(till.tile('Lunch bag').locator('img.shown')).toBeVisible();
  // One it has not seen yet: the letters stand, and the picture comes with the connection.
  await desk.goto(`${server.address}/manage/products/${(await product(shop, 'Doormat')).id}`);
  // This one is dropped, and small enough as it is.
  const dropped = await desk.evaluateHandle((text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const carried = new DataTransfer();
    carried.items.add(new File([bytes], 'mat.png', { type: 'image/png' }));
    return carried;
  }, (await photo(desk, 200, 300)).toString('base64'));
  await desk.dispatchEvent('.drop', 'drop', { dataTransfer: dropped });
  await expect.poll(() => preview.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])).toEqual([200, 300]);
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk).toHaveURL(/\/manage\/products$/);
  await till.offline(false);
  await expect(till.tile('Doormat').locator('img.shown')).toBeVisible({ timeout: 20_000 });

  // Taken away again, it goes from the tile too.
  await desk.goto(`${server.address}/manage/products/${id}`);
  await desk.getByRole('button', { name: 'Remove the picture' }).click();
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk).toHaveURL(/\/manage\/products$/);
  await expect(till.tile('Lunch bag').locator('img')).toHaveCount(0, { timeout: 20_000 });

  // An unpaired tablet keeps nothing of the shop.
  await till.page.getByRole('button', { name: /lock the till/ }).click();
  await till.signIn('Mia', PINS.Mia);
  await till.page.getByRole('link', { name: 'Tablet' }).click();
  await till.page.getByRole('button', { name: 'Unpair' }).first().click();
  await till.page.getByRole('dialog').getByRole('button').last().click();
  await expect(till.page.getByRole('textbox', { name: 'Pairing code' })).toBeVisible();
  expect(await till.page.evaluate(() => caches.has('pictures'))).toBe(false);
});

test('a register gets another name, and its tablet shows it', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  await till.page.getByRole('link', { name: 'Tablet' }).click();
  await expect(till.page.getByText('Register 1', { exact: true }).first()).toBeVisible();
  const desk = await office(floor, server.address);
  await desk.goto(`${server.address}/manage/stores`);
  await desk.getByRole('button', { name: 'Rename Register 1' }).click();
  const name = desk.getByRole('dialog').getByRole('textbox', { name: 'Name' });
  await name.fill('Till by the door');
  await desk.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByRole('listitem').filter({ hasText: 'Till by the door' })).toBeVisible();
  await expect(till.page.getByText('Till by the door').first()).toBeVisible({ timeout: 20_000 });
});
