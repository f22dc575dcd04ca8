// Tenders: a shop names its ways to pay, tablets have them at once and offline, and every payment is in the books as it was.
import { AxeBuilder } from '@axe-core/playwright';
import { type Page } from '@playwright/test';
import { expect, test } from '../stage/shop_floor.ts';
import { office } from '../stage/office.ts';

async function expectNoViolations(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}

/** Both sizes of a tablet. */
async function lookedAt(page: Page): Promise<void> {
  for (const size of [{ width: 820, height: 1180 }, { width: 1280, height: 800 }]) {
    await page.setViewportSize(size);
    await expectNoViolations(page);
  }
}

test('euros with change, a voucher, and a bill split in three, from the manager\'s page to the books', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  await till.readyForOffline();
  const desk = await office(floor, server.address);

  // Nothing is set: cash and cards, as ever.
  await desk.getByRole('link', { name: 'Ways to pay' }).click();
  await expect(desk.getByRole('row')).toHaveCount(3);
  await expect(desk.getByRole('row', { name: /Cash/ })).toContainText('opens the drawer');
  await lookedAt(desk);

  // Euros: a form that is not filled in says so.
  await desk.getByRole('link', { name: 'Add a way to pay' }).click();
  await desk.getByRole('combobox', { name: 'Kind' }).selectOption('foreign_cash');
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText('Give it a name of at most 40 letters.')).toBeVisible();
  await expect(desk.getByText('Choose a currency that is not the store’s own.')).toBeVisible();
  await desk.getByRole('textbox', { name: 'Name', exact: true }).fill('Euro');
  await desk.getByRole('combobox', { name: 'Currency' }).selectOption('EUR');
  await desk.getByRole('textbox', { name: 'Rate', exact: true }).fill('0,8532');
  await desk.getByRole('switch', { name: /Gives change/ }).check();
  await lookedAt(desk);
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText('Euro is saved.')).toBeVisible();
  await expect(desk.getByRole('row', { name: /Euro/ })).toContainText('1 EUR = 0.8532 GBP');

  await desk.getByRole('link', { name: 'Add a way to pay' }).click();
  await desk.getByRole('textbox', { name: 'Name', exact: true }).fill('Town voucher');
  await desk.getByRole('textbox', { name: /What is asked for/ }).fill('Voucher number');
  await desk.getByRole('switch', { name: /Only with it/ }).check();
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText('Town voucher is saved.')).toBeVisible();
  // Euros before cards.
  await desk.getByRole('button', { name: 'Euro further up' }).click();
  await expect(desk.getByRole('row').nth(2)).toContainText('Euro');

  // The tablet that was open has them, in that order; the connection goes.
  await till.add('Regency cakestand');
  await till.charge();
  const ways = till.page.getByRole('region', { name: 'How are they paying?' });
  await expect(ways.locator('.pay-method')).toHaveText([/Cash/, /Euro/, /Card on the terminal/, /Town voucher/], { timeout: 20_000 });
  await till.offline(true);

  // £12.75 with a note of 20 euros: worth £17.06, change in pounds.
  await till.page.keyboard.press('F3');
  await expect(till.page.getByText(/EUR received · 1 EUR = 0.8532 GBP/)).toBeVisible();
  await till.page.getByRole('group', { name: 'Likely amounts' }).getByRole('button', { name: '€20' }).click();
  await expect(till.page.getByText('Change £4.31')).toBeVisible();
  await lookedAt(till.page);
  await till.page.getByRole('button', { name: 'Take cash and finish' }).click();
  const euros = await till.receipt();
  await expect(till.page.locator('[data-change]')).toHaveText('£4.31');
  await expect(till.page.locator('article.receipt')).toContainText('20.00 EUR × 0.8532');
  await till.newSale();

  // A bill split in three: a voucher that needs its number, euros, and the rest by card.
  await till.add('Doormat fancy font home');
  await till.charge();
  await till.page.keyboard.press('F4');
  await ways.getByRole('button', { name: 'Town voucher' }).click();
  await till.page.keyboard.type('200', { delay: 70 });
  await till.page.getByRole('button', { name: 'Take £2.00' }).click();
  await expect(till.page.getByText('This way to pay needs its number.')).toBeVisible();
  await till.page.getByRole('textbox', { name: 'Voucher number' }).fill('V-17');
  await lookedAt(till.page);
  await till.page.getByRole('button', { name: 'Take £2.00' }).click();
  const taken = till.page.getByRole('region', { name: 'To pay' });
  await expect(taken).toContainText('Town voucher');
  await expect(taken).toContainText('£4.75');
  // Two euros too many are taken out again before it is finished.
  await ways.getByRole('button', { name: 'Euro' }).click();
  await till.page.keyboard.type('200', { delay: 70 });
  await till.page.getByRole('button', { name: 'Take €2.00 in cash' }).click();
  await expect(taken).toContainText('£3.04');
  await till.page.getByRole('button', { name: 'Remove Euro €2.00' }).click();
  await expect(taken).toContainText('£4.75');
  await till.page.keyboard.type('100', { delay: 70 });
  await till.page.getByRole('button', { name: 'Take €1.00 in cash' }).click();
  await expect(taken).toContainText('£3.90');
  await ways.getByRole('button', { name: /Card/ }).click();
  await till.page.getByRole('button', { name: 'Card approved, finish' }).click();
  const split = await till.receipt();
  await till.newSale();
  await till.offline(false);

  await shop.expectBooks([{ number: euros.number, total: 1_275 }, { number: split.number, total: 675 }]);
  expect(await shop.tendersOf(euros.number)).toMatchObject([
    { kind: 'foreign_cash', currency: 'EUR', given: 2_000, rate: 85_320_000, amount: 1_706, type: { name: 'Euro', gives_change: true } },
  ]);
  expect(await shop.tendersOf(split.number)).toMatchObject([
    { kind: 'voucher', reference: 'V-17', amount: 200, type: { name: 'Town voucher' } },
    { kind: 'foreign_cash', given: 100, amount: 85 },
    { kind: 'card', amount: 390 },
  ]);

  // The day counts each way, and the euros by themselves.
  await desk.goto(`${server.address}/manage/days`);
  await desk.getByRole('button', { name: 'Close the day' }).first().click();
  await desk.getByRole('dialog').getByRole('button', { name: 'Close the day' }).click();
  await desk.locator('summary').first().click();
  await expect(desk.getByText('Town voucher (1)')).toBeVisible();
  await expect(desk.getByText('EUR taken')).toBeVisible();
  await expect(desk.getByText('€21.00')).toBeVisible();
});

test('euros are counted by themselves when the drawer is closed, and what is archived is gone at once', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address, { shift_needed: true });
  const euro = {
    id: '00000000-0000-0000-0000-000000000000', name: 'Euro', kind: 'foreign_cash', gives_change: true, opens_drawer: true,
    foreign: { currency: 'EUR', ours: 'GBP', rate: 85_320_000 },
  };
  const made = await shop.api.post('/api/tender-types', { data: euro });
  expect(made.ok(), await made.text()).toBe(true);
  const { id } = (await made.json()) as { id: string };
  const till = await floor.till(shop, server.address);
  await till.page.getByRole('link', { name: 'Shift' }).click();
  await till.page.getByRole('button', { name: 'Enter only the sum' }).click();
  await till.page.getByLabel('In the drawer').fill('100');
  await till.page.getByRole('button', { name: 'Open shift' }).click();
  await till.add('Regency cakestand');
  await till.charge();
  await till.page.getByRole('button', { name: 'Euro' }).click();
  await till.page.getByRole('group', { name: 'Likely amounts' }).getByRole('button', { name: '€20' }).click();
  await till.page.getByRole('button', { name: 'Take cash and finish' }).click();
  await till.receipt();
  await till.newSale();

  // Archived while a sale is open at the tablet.
  await till.add('Lunch bag');
  await till.charge();
  const archived = await shop.api.put(`/api/tender-types/${id}`, { data: { ...euro, id, archived: true } });
  expect(archived.ok(), await archived.text()).toBe(true);
  await expect(till.page.getByRole('button', { name: 'Euro' })).toBeHidden({ timeout: 20_000 });
  await till.payCash();
  await till.newSale();

  await till.page.getByRole('link', { name: 'Shift' }).click();
  await till.page.getByRole('button', { name: 'Close shift' }).click();
  await till.page.getByRole('button', { name: 'Enter only the sum' }).click();
  // 100.00 − 4.31 + 1.65
  await till.page.getByLabel('In the drawer').fill('97.34');
  await till.page.getByRole('button', { name: 'Go on' }).click();
  await till.page.getByRole('button', { name: 'Close shift' }).click();
  await expect(till.page.getByText('Count the cash of each currency by itself.')).toBeVisible();
  await till.page.getByLabel('EUR in the drawer').fill('19');
  await till.page.getByRole('button', { name: 'Close shift' }).click();
  await expect(till.page.getByText('Exactly what should be there.')).toBeVisible();
  const z = till.page.getByRole('region', { name: 'Z report' });
  await expect(z).toContainText('Euro (1)');
  await expect(z).toContainText('Difference EUR');
  await expect(z).toContainText('−1.00');
});
