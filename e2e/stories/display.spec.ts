// Display: the buyer sees the sale as it is made, in the shop's language, and nothing of who sells it.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, type ShopFloor, test } from '../stage/shop_floor.ts';
import { PINS, type Shop } from '../stage/shop.ts';
import type { Tablet, TabletOptions } from '../stage/tablet.ts';

/** A till in a shop of another language, whose cashier reads English. */
async function tillIn(floor: ShopFloor, shop: Shop, address: string, options: TabletOptions = {}): Promise<Tablet> {
  const till = await floor.tablet(address, options);
  await till.page.evaluate(() => localStorage.setItem('tillbridge.language', 'en'));
  await till.page.reload();
  await till.pair(await shop.pairingCode(await shop.addRegister()));
  await till.signIn('Priya', PINS.Priya);
  return till;
}

/** Opens it as a person does, and gives its window. */
async function open(till: Tablet): Promise<Page> {
  await till.page.getByRole('link', { name: 'Tablet' }).click();
  await till.page.getByRole('link', { name: 'Printers, scales, scanners' }).click();
  const opened = till.context.waitForEvent('page');
  await till.page.getByRole('button', { name: 'Open the customer display' }).click();
  const display = await opened;
  await expect(till.page.getByText('It shows the sale')).toBeVisible();
  return display;
}

const amountOf = (display: Page, label: string) =>
  display.locator('#sums > div').filter({ has: display.locator('dt', { hasText: label }) }).locator('dd');

test('lines, savings, total, change and thanks stand on the display, without a network too', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address, { language: 'de', name: 'Lädchen' });
  const till = await tillIn(floor, shop, server.address);
  await till.readyForOffline();
  await till.offline(true);
  const display = await open(till);
  await expect(display.getByRole('heading', { name: 'Lädchen' })).toBeVisible();
  await expect(display.getByText('Willkommen')).toBeVisible();
  await expect(display.locator('html')).toHaveAttribute('lang', 'de');

  await till.page.getByRole('link', { name: 'Sell' }).click();
  await till.add('Regency cakestand');
  const lines = display.getByRole('listitem');
  await expect(lines).toHaveCount(1);
  await expect(lines.first()).toContainText('Regency cakestand');
  await expect(lines.first()).toContainText('12,75');
  await expect(amountOf(display, 'Summe GBP')).toHaveText('12,75');
  await till.add('Regency cakestand');
  await expect(lines.first()).toContainText('2 × 12,75');
  await till.add('Lunch bag');
  await expect(lines).toHaveCount(2);
  await expect(amountOf(display, 'Summe GBP')).toHaveText('27,15');

  await till.charge();
  await till.page.keyboard.type('3000', { delay: 70 });
  await till.page.getByRole('button', { name: 'Take cash and finish' }).click();
  await till.receipt();
  await expect(display.getByText('Vielen Dank!')).toBeVisible();
  await expect(amountOf(display, 'Rückgeld')).toHaveText('2,85');
  const said = await display.locator('body').innerText();
  expect(said).not.toContain('Priya');
  await till.newSale();
  await expect(display.getByText('Willkommen')).toBeVisible();
  await expect(lines).toHaveCount(0);
});

test('it is remembered: the register finds its window again, or opens it at the first touch', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  const display = await open(till);
  await till.page.getByRole('link', { name: 'Sell' }).click();
  await till.add('Regency cakestand');
  await expect(amountOf(display, 'Total GBP')).toHaveText('12.75');

  // The register is loaded anew; the open sale is, and so is what the buyer sees of it.
  await till.page.reload();
  await till.signIn('Priya', PINS.Priya);
  await till.add('Lunch bag');
  await expect(amountOf(display, 'Total GBP')).toHaveText('14.40');
  expect(till.context.pages()).toHaveLength(2);

  await display.close();
  await till.page.reload();
  await expect(till.page.getByRole('heading', { name: 'Who is selling?' })).toBeVisible();
  // Long enough for a window to say that it is there.
  await till.page.waitForFunction(() => performance.now() > 3_000);
  const opened = till.context.waitForEvent('page');
  await till.page.getByRole('button', { name: /Priya/ }).first().click();
  const again = await opened;
  await expect(amountOf(again, 'Total GBP')).toHaveText('14.40');

});

test('turned off, its window closes and stays so', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  const display = await open(till);
  const closed = display.waitForEvent('close');
  await till.page.getByRole('button', { name: 'Turn off' }).click();
  await closed;
  await expect(till.page.getByRole('button', { name: 'Turn off' })).toBeHidden();
});

for (const [width, height, dark, language] of [[1280, 800, false, 'en'], [820, 1180, true, 'ar']] as const) {
  test(`nothing on the display is in anybody's way (${width}×${height}, ${language})`, async ({ floor }, info) => {
    const server = await floor.server();
    const shop = await floor.shop(server.address, { language });
    const till = await tillIn(floor, shop, server.address, { width, height, dark });
    const display = await open(till);
    await display.setViewportSize({ width, height });
    const look = async (name: string): Promise<void> => {
      const { violations } = await new AxeBuilder({ page: display })
        .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
        .analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)).toEqual([]);
      await display.screenshot({ path: info.outputPath(`${name}.png`) });
    };
    await expect(display.locator('#heading')).not.toBeEmpty();
    await look('welcome');
    await till.page.getByRole('link', { name: 'Sell' }).click();
    for (const name of ['Regency cakestand', 'Regency cakestand', 'Lunch bag', 'White hanging heart', 'Doormat']) {
      await till.add(name);
    }
    await expect(display.getByRole('listitem')).toHaveCount(4);
    await look('selling');
    await till.charge();
    await till.payCash();
    await expect(display.locator('#heading')).not.toBeEmpty();
    await look('thanks');
  });
}
