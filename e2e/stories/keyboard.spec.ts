// Keyboard: a whole sale without touching anything.
import { expect, test } from '../stage/shop_floor.ts';
import { PINS } from '../stage/shop.ts';
import { typePin } from '../stage/tablet.ts';

test('signed in, sold, discounted, paid and begun again by keys alone', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.tablet(server.address);
  await till.pair(await shop.pairingCode(await shop.addRegister()));
  const { page } = till;
  const keys = page.keyboard;

  await tabTo(page, /Priya/);
  await keys.press('Enter');
  await typePin(page, PINS.Priya);
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();

  // Typing finds, Enter takes the best; a number and × say how many of it.
  const type = (text: string) => keys.type(text, { delay: 70 });
  await type('cakestand');
  await expect(page.getByText('1 product found')).toBeAttached();
  await keys.press('Enter');
  await type('lunch bag');
  await expect(page.getByText('1 product found')).toBeAttached();
  await keys.press('Enter');
  await type('2*');
  await expect(page.getByText('£3.30').first()).toBeVisible();
  await keys.press('F9');
  await expect(page.getByRole('heading', { name: 'How are they paying?' })).toBeVisible();
  await keys.press('F2');
  await type('2000');
  await keys.press('Enter');
  const receipt = await till.receipt();
  await keys.press('Enter');
  await expect(page.getByText('Scan a product or touch one to start a sale.')).toBeVisible();
  // 12.75 + 2 × 1.65
  await shop.expectBooks([{ number: receipt.number, total: 1_605 }]);
  const [row] = await shop.sales();
  const { sale } = await shop.sale(row?.id ?? '');
  expect(sale).toMatchObject({ change: 395 });
});

/** Goes on with Tab until the focus is on something of that name. */
async function tabTo(page: import('@playwright/test').Page, name: RegExp): Promise<void> {
  for (let steps = 0; steps < 40; steps += 1) {
    await page.keyboard.press('Tab');
    const text = await page.evaluate(() => {
      const inHand = document.activeElement;
      return inHand === document.body ? '' : (inHand?.textContent ?? '');
    });
    if (name.test(text)) {
      return;
    }
  }
  throw new Error(`Tab does not reach ${name}`);
}
