// Terminal: a card terminal that answers late, never, or loses its answer, and a browser killed while a card is presented.
import { AxeBuilder } from '@axe-core/playwright';
import { type Page } from '@playwright/test';
import { expect, test } from '../stage/shop_floor.ts';
import { type Tablet } from '../stage/tablet.ts';

async function lookedAt(page: Page): Promise<void> {
  for (const size of [{ width: 820, height: 1180 }, { width: 1280, height: 800 }]) {
    await page.setViewportSize(size);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  }
}

/** Chooses the pretended terminal that does this. */
async function terminal(till: Tablet, does: string): Promise<void> {
  await till.page.goto(`${till.address}/devices`);
  await till.signIn('Mia', '4711');
  await till.page.getByRole('combobox', { name: 'How this tablet charges cards.' }).selectOption(does);
  await till.page.getByRole('link', { name: 'Sell' }).click();
}

async function sendCard(till: Tablet): Promise<void> {
  await till.charge();
  await till.page.keyboard.press('F3');
  await till.page.getByRole('button', { name: /^Send £[0-9.]+ to the terminal$/ }).click();
}

test('a terminal that answers late is asked, and the sale is finished once; one that heard nothing charges nothing', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  await terminal(till, 'answers_late');
  await till.add('Regency cakestand');
  await sendCard(till);
  await expect(till.page.getByText('Present the card at the terminal')).toBeVisible();
  await expect(till.page.getByRole('button', { name: 'Back to sale' })).toBeVisible();
  // Nothing else can be taken meanwhile.
  await expect(till.page.getByRole('button', { name: 'Cash' })).toBeDisabled();
  await expect(till.page.getByText('No answer yet. Asking the terminal')).toBeVisible({ timeout: 15_000 });
  const late = await till.receipt();
  await till.newSale();

  await terminal(till, 'times_out');
  await till.add('Lunch bag');
  await sendCard(till);
  await expect(till.page.getByText('The card was not charged.')).toBeVisible({ timeout: 15_000 });
  await till.page.getByRole('button', { name: 'Cash' }).click();
  const cash = await till.payCash();
  await till.newSale();

  await shop.expectBooks([{ number: late.number, total: 1_275 }, { number: cash.number, total: 165 }]);
  expect(await shop.tendersOf(late.number)).toMatchObject([{ kind: 'card', amount: 1_275, reference: expect.stringMatching(/^SIM-/) }]);
  expect(await shop.tendersOf(cash.number)).toMatchObject([{ kind: 'cash', amount: 165 }]);
});

test('the browser is killed while a card is presented: it is asked for, and paid once', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  await terminal(till, 'loses_answer');
  await till.add('Regency cakestand');
  await sendCard(till);
  await expect(till.page.getByText('Present the card at the terminal')).toBeVisible();
  await till.pullThePlug();
  await till.switchOn();
  await till.page.getByRole('button', { name: /Priya/ }).first().click();
  await till.page.keyboard.type('2580', { delay: 70 });
  await till.page.keyboard.press('Enter');
  const sale = await till.receipt();
  await till.newSale();
  await shop.expectBooks([{ number: sale.number, total: 1_275 }]);
  expect(await shop.tendersOf(sale.number)).toMatchObject([{ kind: 'card', amount: 1_275 }]);
  // Nothing is left to ask for.
  await till.page.reload();
  await till.signIn('Priya', '2580');
  await expect(till.page.getByRole('heading', { name: 'How are they paying?' })).toBeHidden();
});

test('a terminal that says nothing any more: a person reads its slip', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  // Who sells does not choose a terminal that takes no money.
  await till.page.getByRole('link', { name: 'Tablet' }).click();
  await till.page.getByRole('link', { name: 'Printers, scales, scanners' }).click();
  await expect(till.page.getByRole('combobox', { name: 'How this tablet charges cards.' })).toBeDisabled();
  await terminal(till, 'dead');
  await till.add('Regency cakestand');
  await sendCard(till);
  await expect(till.page.getByText('Whether the card was charged is not known.')).toBeVisible({ timeout: 15_000 });
  await till.page.getByRole('button', { name: 'Ask the terminal' }).click();
  await expect(till.page.getByText('No answer yet. Asking the terminal')).toBeVisible();
  await expect(till.page.getByText('Whether the card was charged is not known.')).toBeVisible({ timeout: 15_000 });
  await till.page.getByRole('button', { name: 'Read the slip' }).click();
  await lookedAt(till.page);
  await till.page.getByRole('textbox', { name: /reference/ }).fill('0042');
  await till.page.getByRole('textbox', { name: 'Last four digits' }).fill('4417');
  await till.page.getByRole('button', { name: 'The slip says: done' }).click();
  const sale = await till.receipt();
  await shop.expectBooks([{ number: sale.number, total: 1_275 }]);
  expect(await shop.tendersOf(sale.number)).toMatchObject([{ kind: 'card', reference: '0042', last_four: '4417' }]);
});
