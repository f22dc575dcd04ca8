// Sell: with a connection: what is paid at the tablet is in the books at once, and on the manager's screen.
import { expect, test } from '../stage/shop_floor.ts';
import { freshDatabase } from '../stage/postgres.ts';
import { OWNER } from '../stage/shop.ts';

for (const engine of ['SQLite', 'PostgreSQL']) {
  test(`a sale is in the books and on the manager's screen (${engine})`, async ({ floor, browser }) => {
    const database = engine === 'PostgreSQL' ? freshDatabase() : undefined;
    const server = await floor.server(database === undefined ? {} : { database });
    const shop = await floor.shop(server.address);
    const till = await floor.till(shop, server.address);

    const office = await browser.newPage();
    await office.goto(`${server.address}/manage`);
    await office.getByLabel('E-mail').fill(OWNER.email);
    await office.getByLabel('Password', { exact: true }).fill(OWNER.password);
    await office.getByRole('button', { name: 'Sign in' }).click();
    await expect(office.getByText('No sales on this day yet', { exact: false })).toBeVisible();

    await till.scan('5012345678900');
    await till.add('White hanging heart');
    await till.charge();
    const receipt = await till.payCash();
    // 12.75 + 2.55, tax inside.
    await shop.expectBooks([{ number: receipt.number, total: 1_530 }]);
    await till.newSale();
    await till.expectSync('All sales synced');

    // The tax inside, rounded on each line: 2.13 of 12.75 and 0.43 of 2.55. Nobody reloads the page.
    await expect(office.getByText('£12.74').first()).toBeVisible();

    const [row] = await shop.sales();
    const { sale } = await shop.sale(row?.id ?? '');
    expect(sale).toMatchObject({ total: 1_530, tax: 256, net: 1_274, change: 0 });
    expect(await shop.kept()).toEqual([]);
    await office.close();
  });
}
