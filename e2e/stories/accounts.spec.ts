// Accounts: a gift card is sold at one till and taken at another, also without a network; a customer buys on account and pays.
import { AxeBuilder } from '@axe-core/playwright';
import { type Page } from '@playwright/test';
import { office } from '../stage/office.ts';
import { expect, test } from '../stage/shop_floor.ts';

async function lookedAt(page: Page): Promise<void> {
  for (const size of [{ width: 820, height: 1180 }, { width: 1280, height: 800 }]) {
    await page.setViewportSize(size);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  }
}

async function addWay(desk: Page, address: string, kind: string, name: string): Promise<void> {
  await desk.goto(`${address}/manage/tenders/new`);
  await desk.getByRole('combobox', { name: 'Kind' }).selectOption(kind);
  await desk.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText(`${name} is saved.`)).toBeVisible();
}

/** What a tablet keeps, as text. */
async function kept(page: Page, store: string): Promise<string> {
  return page.evaluate((store) => new Promise<string>((done) => {
    const open = indexedDB.open('tillbridge');
    open.onsuccess = () => {
      const all = open.result.transaction(store).objectStore(store).getAll();
      all.onsuccess = () => {
        open.result.close();
        done(JSON.stringify(all.result));
      };
    };
  }), store);
}

test('a gift card is sold at one till and pays at another without a network, and no code is kept', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const first = await floor.till(shop, server.address);
  const second = await floor.till(shop, server.address);
  const desk = await office(floor, server.address);
  await second.readyForOffline();
  await addWay(desk, server.address, 'gift_card', 'Gift card');

  // 20.00 on a card; a discount on the sale takes nothing off it.
  await first.page.getByRole('button', { name: 'More…' }).click();
  await expect(first.page.getByRole('button', { name: 'Gift card' })).toBeVisible({ timeout: 20_000 });
  await first.page.getByRole('button', { name: 'Gift card' }).click();
  const dialog = first.page.getByRole('dialog', { name: 'Gift card' });
  await dialog.getByRole('textbox', { name: 'Amount' }).fill('20');
  await dialog.getByRole('button', { name: 'Add to the sale' }).click();
  await expect(dialog.getByText('A gift card has a code of 8 to 40 letters and digits.')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Code on the card' }).fill('gift-7000-5512');
  await lookedAt(first.page);
  await dialog.getByRole('button', { name: 'Add to the sale' }).click();
  const cart = first.page.getByRole('complementary', { name: 'The sale' });
  await expect(cart.getByText('Gift card ••5512')).toBeVisible();
  await first.charge();
  const sold = await first.payCash();
  await expect(first.page.locator('article.receipt')).toContainText('Gift card ••5512');
  await first.newSale();
  await shop.expectBooks([{ number: sold.number, total: 2_000 }]);

  // The other till has heard of it, and takes what is on it; the rest is cash.
  await expect.poll(() => kept(second.page, 'accounts')).toContain('2000');
  expect(await kept(second.page, 'accounts')).not.toContain('5512');
  await second.offline(true);
  await second.add('Regency cakestand');
  await second.add('Regency cakestand');
  await second.charge();
  await second.page.getByRole('button', { name: /^Gift card/ }).click();
  const code = second.page.getByRole('textbox', { name: 'Code on the card' });
  await code.fill('GIFT 0000 0000');
  await expect(second.page.getByText('This card is not known here, or nothing is left on it.')).toBeVisible();
  await code.fill('GIFT70005512');
  await expect(second.page.getByText('On the card: £20.00')).toBeVisible();
  await lookedAt(second.page);
  await second.page.getByRole('button', { name: /Take £20.00/ }).click();
  await expect(second.page.getByText('Gift card ••5512')).toBeVisible();
  await second.page.keyboard.press('F2');
  const paid = await second.payCash();
  await second.newSale();
  // It knows that nothing is left, although nobody has told it.
  await second.add('Lunch bag');
  await second.charge();
  await second.page.getByRole('button', { name: /^Gift card/ }).click();
  await second.page.getByRole('textbox', { name: 'Code on the card' }).fill('GIFT70005512');
  await expect(second.page.getByText('This card is not known here, or nothing is left on it.')).toBeVisible();
  await second.page.keyboard.press('F2');
  const cash = await second.payCash();
  await second.newSale();
  await second.offline(false);
  await shop.expectBooks([
    { number: sold.number, total: 2_000 },
    { number: paid.number, total: 2_550 },
    { number: cash.number, total: 165 },
  ]);
  await desk.goto(`${server.address}/manage/accounts`);
  await desk.getByRole('button', { name: 'Gift cards' }).click();
  await expect(desk.getByText('Nothing is on any account')).toBeVisible({ timeout: 20_000 });
});

test('a customer buys on account up to a limit, pays some of it, and the manager sees it', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  const desk = await office(floor, server.address);
  await addWay(desk, server.address, 'on_account', 'On account');
  await desk.goto(`${server.address}/manage/customers/new`);
  await desk.getByRole('textbox', { name: 'Name', exact: true }).fill('Ada Byron');
  await desk.getByRole('textbox', { name: 'Customer or card number' }).fill('K-1042');
  await desk.getByRole('textbox', { name: 'May owe at most' }).fill('15.00');
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText('Ada Byron is saved.')).toBeVisible();
  await expect.poll(() => kept(till.page, 'customers')).toContain('credit_limit');

  // Without a customer nobody owes anything; with her, as much as she may.
  await till.add('Regency cakestand');
  await till.add('Lunch bag');
  await till.charge();
  await till.page.getByRole('button', { name: /^On account/ }).click();
  await expect(till.page.getByText('Choose the customer on the sell page first').first()).toBeVisible();
  await till.page.keyboard.press('Escape');
  await till.scan('K-1042');
  const cart = till.page.getByRole('complementary', { name: 'The sale' });
  await expect(cart.getByText('Ada Byron')).toBeVisible();
  await till.charge();
  await till.page.getByRole('button', { name: /^On account/ }).click();
  await expect(till.page.getByText('Ada Byron has £0.00 on the account and may take £15.00.')).toBeVisible();
  await lookedAt(till.page);
  await till.page.getByRole('button', { name: 'Take it and finish' }).click();
  const owed = await till.receipt();
  await expect(till.page.locator('article.receipt')).toContainText('On account');
  await till.newSale();
  await till.add('Regency cakestand');
  await till.scan('K-1042');
  await till.charge();
  await till.page.getByRole('button', { name: /^On account/ }).click();
  await expect(till.page.getByText('Ada Byron owes £14.40 and may take £0.60 more.')).toBeVisible();
  await till.page.keyboard.press('Escape');
  await till.page.getByRole('button', { name: 'More…' }).click();
  await till.page.getByRole('button', { name: 'Clear the sale' }).click();

  // What is on her account stays hers: nobody else is taken into the sale while it is.
  await till.add('Regency cakestand');
  await till.scan('K-1042');
  await till.charge();
  await till.page.getByRole('button', { name: /^On account/ }).click();
  await till.page.getByRole('button', { name: 'Take £0.60' }).click();
  await expect(till.page.getByText('£12.15').first()).toBeVisible();
  await till.page.keyboard.press('Escape');
  await cart.getByRole('button', { name: 'Change', exact: true }).click();
  await till.page.getByRole('button', { name: 'Take off the sale' }).click();
  await expect(till.page.getByText('Some of this sale is on the customer’s account.')).toBeVisible();
  await till.page.keyboard.press('Escape');
  await expect(cart.getByText('Ada Byron')).toBeVisible();
  await till.charge();
  await till.page.getByRole('button', { name: 'Remove On account' }).click();
  await till.page.keyboard.press('Escape');
  await till.page.getByRole('button', { name: 'More…' }).click();
  await till.page.getByRole('button', { name: 'Clear the sale' }).click();

  // She pays 10.00 of it.
  await till.scan('K-1042');
  await till.page.getByRole('button', { name: 'More…' }).click();
  await till.page.getByRole('button', { name: 'Pay into the customer’s account' }).click();
  const dialog = till.page.getByRole('dialog', { name: 'Pay into the account of Ada Byron' });
  await dialog.getByRole('textbox', { name: 'Amount' }).fill('10');
  await dialog.getByRole('button', { name: 'Add to the sale' }).click();
  await till.charge();
  const paid = await till.payCash();
  await till.newSale();
  await shop.expectBooks([{ number: owed.number, total: 1_440 }, { number: paid.number, total: 1_000 }]);
  await desk.goto(`${server.address}/manage/accounts`);
  await expect(desk.getByRole('row', { name: /Ada Byron.*-£4.40/ })).toBeVisible({ timeout: 20_000 });
  await lookedAt(desk);
  await desk.getByRole('link', { name: 'Ada Byron' }).click();
  await expect(desk.getByRole('heading', { name: 'Account', exact: true })).toBeVisible();
  await lookedAt(desk);
  await desk.getByRole('button', { name: 'Erase' }).click();
  await desk.getByRole('dialog').getByRole('button', { name: 'Erase' }).click();
  await expect(desk.getByText('There is still something on this customer’s account')
    .or(desk.getByText("There is still something on this customer's account"))).toBeVisible();
});
