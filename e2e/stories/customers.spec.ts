// Customers: written down at a till without a network, known to the others, priced by their group, merged and erased.
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

test('somebody is written down offline, is known everywhere, and pays by their group', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const first = await floor.till(shop, server.address);
  const second = await floor.till(shop, server.address);
  const desk = await office(floor, server.address);
  await first.readyForOffline();

  // Offline: nobody is known yet; Ada is written down and is on the sale.
  await first.offline(true);
  await first.add('Lunch bag');
  const cart = first.page.getByRole('complementary', { name: 'The sale' });
  await cart.getByRole('button', { name: 'Add customer' }).click();
  const dialog = first.page.getByRole('dialog', { name: 'Customer' });
  await expect(dialog.getByText('No customers are known yet.')).toBeVisible();
  await dialog.getByRole('searchbox').fill('Ada Byron');
  await expect(dialog.getByText('Nobody is found by that.')).toBeVisible();
  await lookedAt(first.page);
  await dialog.getByRole('button', { name: 'New customer' }).click();
  const form = first.page.getByRole('dialog', { name: 'New customer' });
  await expect(form.getByRole('textbox', { name: 'Name' })).toHaveValue('Ada Byron');
  await form.getByRole('textbox', { name: 'E-mail' }).fill('nobody');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText('This is no e-mail address.')).toBeVisible();
  await form.getByRole('textbox', { name: 'E-mail' }).fill('ada@example.org');
  await form.getByRole('textbox', { name: 'Phone' }).fill('+44 20 7946 0018');
  await form.getByRole('textbox', { name: 'Tax number' }).fill('GB123456789');
  await form.getByRole('textbox', { name: 'Card or customer number' }).fill('K-1042');
  await form.getByRole('button', { name: 'Yes, they said so' }).click();
  await lookedAt(first.page);
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(cart.getByText('Ada Byron')).toBeVisible();
  await first.charge();
  const sold = await first.payCash();
  const paper = first.page.locator('article.receipt');
  await expect(paper).toContainText('Customer: Ada Byron');
  await expect(paper).toContainText('VAT no. GB123456789');
  await first.newSale();
  await first.offline(false);
  await shop.expectBooks([{ number: sold.number, total: 165 }]);

  // The manager puts her into a group, and a promotion is for that group.
  await desk.goto(`${server.address}/manage/customer-groups`);
  await expect(desk.getByText('No groups yet')).toBeVisible();
  await desk.getByRole('button', { name: 'New group' }).click();
  await desk.getByRole('textbox', { name: 'Name' }).fill('Trade');
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText('Trade is saved.')).toBeVisible();
  await desk.goto(`${server.address}/manage/customers`);
  await desk.getByRole('searchbox').fill('7946');
  await lookedAt(desk);
  await desk.getByRole('link', { name: 'Ada Byron' }).click();
  await expect(desk.getByRole('link', { name: sold.number })).toBeVisible();
  await desk.getByRole('combobox', { name: 'Group' }).selectOption('Trade');
  await desk.getByRole('button', { name: 'Address', exact: true }).click();
  await desk.getByRole('textbox', { name: 'Town' }).fill('London');
  await lookedAt(desk);
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText('Ada Byron is saved.')).toBeVisible();
  await desk.goto(`${server.address}/manage/promotions/new`);
  await desk.getByRole('textbox', { name: 'Name', exact: true }).fill('Trade 10 %');
  await desk.getByRole('combobox', { name: 'Kind' }).selectOption('percent');
  await desk.getByRole('textbox', { name: 'Percent' }).fill('10');
  await desk.getByRole('button', { name: 'Trade', exact: true }).click();
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText('Trade 10 % is saved.')).toBeVisible();

  // At the other till her card is scanned: the price is her group's, also without a network.
  await second.add('Regency cakestand');
  const other = second.page.getByRole('complementary', { name: 'The sale' });
  await expect
    .poll(async () => {
      const known = await second.page.evaluate(() => new Promise((done) => {
        const open = indexedDB.open('tillbridge');
        open.onsuccess = () => {
          const all = open.result.transaction('customers').objectStore('customers').getAll();
          all.onsuccess = () => {
            open.result.close();
            done(JSON.stringify(all.result));
          };
        };
      }));
      return String(known).includes('group_id');
    })
    .toBe(true);
  await second.offline(true);
  await second.scan('K-1042');
  await expect(other.getByText('Ada Byron')).toBeVisible();
  await expect(other.getByText('Trade', { exact: true })).toBeVisible();
  await expect(other.getByText('Trade 10 % · -£1.28')).toBeVisible({ timeout: 20_000 });
  await other.getByRole('button', { name: 'Change', exact: true }).click();
  const picker = second.page.getByRole('dialog', { name: 'Customer' });
  await picker.getByRole('searchbox').fill('byron');
  await expect(picker.getByRole('button', { name: /^.*Ada Byron.*Trade/ })).toBeVisible();
  await lookedAt(second.page);
  await picker.getByRole('button', { name: 'Take off the sale' }).click();
  await expect(other.getByText('Walk-in customer')).toBeVisible();
  await expect(other.getByText('Trade 10 % · -£1.28')).toBeHidden();
  await second.offline(false);
});

test('two records of one person become one, and a person is erased everywhere', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  const desk = await office(floor, server.address);
  for (const name of ['Ada Byron', 'A. Byron']) {
    await desk.goto(`${server.address}/manage/customers/new`);
    await desk.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
    await desk.getByRole('textbox', { name: 'E-mail' }).fill('ada@example.org');
    await desk.getByRole('button', { name: 'Save' }).click();
    await expect(desk.getByText(`${name} is saved.`)).toBeVisible();
  }
  const known = async (): Promise<string> => {
    const cart = till.page.getByRole('complementary', { name: 'The sale' });
    await cart.getByRole('button', { name: 'Add customer' }).click();
    const dialog = till.page.getByRole('dialog', { name: 'Customer' });
    const list = dialog.getByRole('region', { name: 'Customers' });
    await expect(list.getByText('Loading')).toBeHidden();
    const text = await list.innerText();
    await dialog.getByRole('button', { name: 'Close' }).click();
    return text;
  };
  await expect.poll(known, { timeout: 20_000 }).toContain('A. Byron');
  await desk.goto(`${server.address}/manage/doubles`);
  await expect(desk.getByRole('heading', { name: 'ada@example.org' })).toBeVisible();
  await lookedAt(desk);
  await desk.getByRole('button', { name: 'Keep Ada Byron' }).click();
  await expect(desk.getByText('No doubles')).toBeVisible();
  await expect.poll(known, { timeout: 20_000 }).not.toContain('A. Byron');

  await desk.goto(`${server.address}/manage/customers`);
  await desk.getByRole('link', { name: 'Ada Byron' }).click();
  await expect(desk.getByText('1 other record was merged into this one.')).toBeVisible();
  await desk.getByRole('button', { name: 'Erase' }).click();
  await desk.getByRole('dialog').getByRole('button', { name: 'Erase' }).click();
  await expect(desk.getByText('The customer is erased.')).toBeVisible();
  await expect(desk.getByText('No customers yet')).toBeVisible();
  await expect.poll(known, { timeout: 20_000 }).toContain('No customers are known yet.');
});

test('a file of customers is looked at, mended, imported, and what a till wrote stays', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  const desk = await office(floor, server.address);
  await desk.goto(`${server.address}/manage/customers`);
  await desk.getByRole('link', { name: 'Import customers' }).click();
  const choose = (rows: string[], header = 'Kunden-Nr.;Vorname;Nachname;E-Mail;Kundengruppe;Fach') =>
    desk.locator('input[type=file]').setInputFiles({
      name: 'kunden.csv',
      mimeType: 'text/csv',
      // As a spreadsheet of Western Europe saves it.
      buffer: Buffer.from([header, ...rows, ''].join('\r\n'), 'latin1'),
    });
  const zoe = '1;Zoë;Müller;zoe@example.org;Trade;x';
  await choose([zoe, '2;Ben;Okoro;nobody;;y']);
  await expect(desk.getByText(/2 rows have an error\. Nothing was imported/)).toBeVisible();
  await expect(desk.getByText('The file was read with Windows letters.')).toBeVisible();
  const found = (words: string) => desk.locator('details.finding').filter({ hasText: words });
  await found('This is no e-mail address.').locator('summary').click();
  await expect(found('This is no e-mail address.').getByRole('row', { name: /^3 2, Ben, Okoro/ })).toBeVisible();
  await lookedAt(desk);
  // The group is made when that is wished; Ben is left out, or his row is mended.
  await expect(desk.getByRole('button', { name: /^Import \d/ })).toHaveCount(0);
  await desk.getByRole('switch', { name: /Make the groups/ }).check();
  await expect(desk.getByText(/1 row has an error/)).toBeVisible();
  await desk.getByRole('switch', { name: 'Leave out rows with an error' }).check();
  await expect(desk.getByText('1 row with an error is left out')).toBeVisible();
  const [file] = await Promise.all([
    desk.waitForEvent('download'),
    desk.getByRole('button', { name: 'Save what is not taken as a file' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('customers-left-out.csv');
  const text = await (await file.createReadStream()).setEncoding('utf8').toArray();
  expect(text.join('')).toContain('2,Ben,Okoro,nobody,,y,3,This is no e-mail address.');
  // A column nobody knows is what a person says.
  await desk.getByRole('combobox', { name: 'Fach' }).selectOption('Note');
  await expect(desk.getByText('Note: x')).toBeVisible();
  await desk.getByRole('button', { name: 'Import 1 customer' }).click();
  await expect(desk.getByText('Imported. The tablets get the customers now.')).toBeVisible();
  await lookedAt(desk);

  // Known at the till, and changed there.
  await till.add('Lunch bag');
  const cart = till.page.getByRole('complementary', { name: 'The sale' });
  await cart.getByRole('button', { name: 'Add customer' }).click();
  const dialog = till.page.getByRole('dialog', { name: 'Customer' });
  await dialog.getByRole('searchbox').fill('zoe');
  await expect(dialog.getByText('Zoë Müller')).toBeVisible({ timeout: 20_000 });

  const people = async (): Promise<{ name: string; note?: string; email?: string; id: string }[]> =>
    ((await (await shop.api.get('/api/customers')).json()) as { rows: { name: string; note?: string; email?: string; id: string }[] }).rows;
  const [known] = await people();
  expect(known).toMatchObject({ name: 'Zoë Müller', note: 'x' });
  const changed = { ...known, email: 'zoe@home.example' };
  expect((await shop.api.put(`/api/customers/${known?.id}`, { data: changed })).ok()).toBe(true);

  // The same file with another day in it: what was changed since stays, and is told.
  await choose(['1;Zoë;Müller;zoe@work.example;Trade;']);
  await desk.getByLabel('The file was made').fill('2099-01-01T12:00');
  await expect(desk.getByRole('button', { name: 'Import 1 customer' })).toBeVisible();
  await expect(desk.getByLabel('The file was made')).toBeFocused();
  await desk.getByLabel('The file was made').fill('2020-01-01T12:00');
  await expect(found('Changed in the shop after the file was made')).toBeVisible();
  await expect(desk.getByText('not taken: changed elsewhere first')).toBeVisible();
  await expect(desk.getByText('Everybody in this file is here already')).toBeVisible();
  await lookedAt(desk);
  expect((await people())[0]).toMatchObject({ email: 'zoe@home.example' });
  await desk.goto(`${server.address}/manage/customers/${known?.id}`);
  await expect(desk.getByText('From a file')).toBeVisible();
});
