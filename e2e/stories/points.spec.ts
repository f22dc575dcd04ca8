// Points: switched on in the office, earned at one till, spent at another without a network, and undone when goods come back.
import { AxeBuilder } from '@axe-core/playwright';
import { type Page } from '@playwright/test';
import { office } from '../stage/office.ts';
import { expect, test } from '../stage/shop_floor.ts';
import { type Tablet } from '../stage/tablet.ts';

async function lookedAt(page: Page): Promise<void> {
  for (const size of [{ width: 820, height: 1180 }, { width: 1280, height: 800 }]) {
    await page.setViewportSize(size);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  }
}

/** Scans the customer's card until the till knows it, and so many points. */
async function knows(till: Tablet, points: string): Promise<void> {
  const cart = till.page.getByRole('complementary', { name: 'The sale' });
  await expect(async () => {
    await till.scan('K-77');
    await expect(cart.getByText(points)).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 20_000 });
}

test('points are earned at one till, spent at another without a network, and undone when goods come back', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const desk = await office(floor, server.address);
  await desk.goto(`${server.address}/manage/stores`);
  await desk.getByRole('link', { name: 'Camden High Street' }).click();
  await desk.getByRole('switch', { name: 'Customers collect points' }).or(desk.getByLabel('Customers collect points')).first().click();
  await desk.getByRole('textbox', { name: 'One point for each' }).fill('0.10');
  await desk.getByRole('textbox', { name: 'Points spent at a time' }).fill('100');
  await desk.getByRole('textbox', { name: 'They take off' }).fill('1.00');
  await desk.getByRole('button', { name: 'Add a tier' }).click();
  const tier = desk.getByRole('group', { name: 'Tier' });
  await tier.getByRole('textbox', { name: 'Tier' }).fill('Silver');
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText('Each tier needs more points than the one before.')).toBeVisible();
  await tier.getByRole('textbox', { name: 'From so many points' }).fill('200');
  await lookedAt(desk);
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText('Camden High Street is saved.')).toBeVisible();
  await desk.goto(`${server.address}/manage/customers/new`);
  await desk.getByRole('textbox', { name: 'Name', exact: true }).fill('Ada Byron');
  await desk.getByRole('textbox', { name: 'Customer or card number' }).fill('K-77');
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText('Ada Byron is saved.')).toBeVisible();

  const first = await floor.till(shop, server.address);
  const second = await floor.till(shop, server.address);
  await second.readyForOffline();
  await first.add('Regency cakestand');
  await first.add('Regency cakestand');
  await knows(first, '0 points');
  await first.charge();
  await expect(first.page.getByText('0 · 255 more with this sale')).toBeVisible();
  const sold = await first.payCash();
  const receipt = first.page.locator('article.receipt');
  await expect(receipt).toContainText(/Points earned\s*255/);
  await expect(receipt).toContainText(/Points now\s*255/);
  await first.newSale();

  // The other till has heard of them, and of the tier they have reached.
  await second.add('Regency cakestand');
  await knows(second, '255 points');
  await second.offline(true);
  await second.charge();
  const points = second.page.getByRole('group', { name: /^Points/ });
  await expect(points).toContainText('255 · Silver · 191 more with this sale');
  const due = second.page.locator('[data-total]');
  await points.getByRole('button', { name: /Use 200 points · .£2\.00/ }).click();
  await expect(due).toHaveText('£10.75');
  await points.getByRole('button', { name: 'Use fewer points' }).click();
  await expect(due).toHaveText('£11.75');
  await points.getByRole('button', { name: 'Use more points' }).click();
  await expect(due).toHaveText('£10.75');
  await lookedAt(second.page);
  const spent = await second.payCash();
  const slip = second.page.locator('article.receipt');
  await expect(slip).toContainText(/Points used \(200\)\s*−2\.00/);
  await expect(slip).toContainText(/Points now · Silver\s*216/);
  await second.newSale();
  // It counts what nobody has told it yet.
  await second.add('Lunch bag');
  await knows(second, '216 points');
  await second.charge();
  const bag = await second.payCash();
  await expect(slip).toContainText(/Points now · Silver\s*240/);
  await second.newSale();

  // What it cost comes back, and the points as they were.
  await second.page.getByRole('link', { name: 'Receipts' }).click();
  await second.page.getByRole('searchbox').fill(spent.number);
  await second.page.getByRole('button', { name: 'Take goods back' }).click();
  const choice = second.page.getByRole('dialog', { name: `What comes back of ${spent.number}?` });
  await choice.getByRole('button', { name: 'All of it' }).click();
  await choice.getByRole('button', { name: 'Put in the sale · £10.75 back' }).click();
  await second.page.getByRole('button', { name: /^Charge|^Pay back/ }).click();
  await second.page.getByRole('button', { name: /and finish$/ }).click();
  const back = await second.receipt();
  await expect(slip).toContainText(/Points now · Silver\s*279/);
  await second.newSale();
  await second.offline(false);
  await shop.expectBooks([
    { number: sold.number, total: 2_550 },
    { number: spent.number, total: 1_075 },
    { number: bag.number, total: 165 },
    { number: back.number, total: -1_075 },
  ]);
  await desk.goto(`${server.address}/manage/customers`);
  await desk.getByRole('link', { name: 'Ada Byron' }).click();
  await expect(desk.getByRole('heading', { name: 'Points' })).toBeVisible();
  await expect(desk.locator('dl.facts').filter({ hasText: 'Points now' })).toContainText(/Points now\s*279\s*Earned in \d{4}\s*279/);
  await lookedAt(desk);
});
