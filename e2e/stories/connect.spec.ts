// Connect: an ERP is connected in the browser, what is sold at the till stands in its books, and what it would not take is
// matched and sent again. The ERP is a running Tryton.
import { AxeBuilder } from '@axe-core/playwright';
import { office } from '../stage/office.ts';
import { expect, test } from '../stage/shop_floor.ts';
import { Tryton } from '../stage/tryton.ts';

/** A server that may reach an ERP on this machine. */
const settings = { TILLBRIDGE_CONNECT_NETWORKS: '127.0.0.0/8' };

test('an owner connects Tryton, sells, matches what has no match, and finds it all in its books', async ({ floor }) => {
  const tryton = await Tryton.find();
  test.skip(tryton === undefined, 'no Tryton is running');
  if (tryton === undefined) {
    return;
  }
  const server = await floor.server({ settings });
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  const desk = await office(floor, server.address);
  await desk.getByRole('link', { name: 'Connect' }).click();
  await expect(desk.getByText('Nothing is connected yet')).toBeVisible();
  await desk.getByRole('link', { name: 'Add a connection' }).click();

  // A wrong password and an address that may not be reached are said before anything is saved.
  await desk.getByRole('textbox', { name: 'Name', exact: true }).fill('Books');
  await desk.getByRole('textbox', { name: /^Address/ }).fill(tryton.access.address);
  await desk.getByRole('textbox', { name: /^Database/ }).fill(tryton.access.database);
  await desk.getByRole('textbox', { name: /^User name/ }).fill(tryton.access.user);
  await desk.getByRole('textbox', { name: /^Password/ }).fill('mistyped');
  await desk.getByRole('button', { name: 'Test the connection' }).click();
  await expect(desk.getByText('This address is inside a private network')).toBeVisible();
  await desk.getByRole('switch', { name: 'Inside a private network' }).check();
  await desk.getByRole('button', { name: 'Test the connection' }).click();
  await expect(desk.getByText('Tryton does not take this user name and password.')).toBeVisible();
  await desk.getByRole('textbox', { name: /^Password/ }).fill(tryton.access.password);
  await desk.getByRole('button', { name: 'Test the connection' }).click();
  await expect(desk.getByText(/It works: Tryton 8\.0/)).toBeVisible();
  expect((await new AxeBuilder({ page: desk }).analyze()).violations).toEqual([]);
  await desk.getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByRole('heading', { name: 'Connect › Books' })).toBeVisible();

  // Their records are read; what has the same name or code finds itself, the rest a person says.
  await desk.getByRole('button', { name: 'Read anew' }).click();
  await desk.getByRole('button', { name: 'Ways to pay' }).click();
  await expect(desk.getByRole('row', { name: /^Cash Cash name/ })).toBeVisible();
  await desk.getByRole('button', { name: 'Stores' }).click();
  await desk.getByRole('button', { name: 'Match: Camden High Street' }).click();
  await desk.getByRole('dialog').getByRole('button', { name: 'High Street' }).click();
  await expect(desk.getByRole('row', { name: /^Camden High Street High Street a person/ })).toBeVisible();
  await desk.getByRole('button', { name: 'Products' }).click();
  await desk.getByRole('switch', { name: 'Only without a match' }).check();
  await expect(desk.getByRole('row')).toHaveCount(3);
  expect((await new AxeBuilder({ page: desk }).analyze()).violations).toEqual([]);
  await desk.getByRole('button', { name: 'Start' }).click();
  await expect(desk.getByRole('button', { name: 'Pause' })).toBeVisible();

  // One sale goes out by itself, one has goods without a match.
  await till.add('Regency cakestand');
  await till.add('Lunch bag red spotty');
  await till.charge();
  const sold = await till.payCash();
  await till.newSale();
  await till.add('Doormat fancy font home');
  await till.charge();
  const odd = await till.payCash();
  await desk.getByRole('button', { name: 'Deliveries' }).click();
  await expect(desk.getByRole('row', { name: new RegExp(`${sold.number} Delivered`) })).toBeVisible({ timeout: 20_000 });
  await expect(desk.getByRole('row', { name: new RegExp(`${odd.number} Refused Without a match there`) })).toBeVisible();
  expect(await tryton.sales(sold.number)).toEqual([{ state: 'posted', total: '14.40' }]);
  expect(await tryton.sales(odd.number)).toEqual([]);
  await desk.getByRole('button', { name: `Details: ${sold.number}` }).click();
  const details = desk.getByRole('dialog');
  await expect(details.getByText(/Known there as \d+/)).toBeVisible();
  await expect(details.getByText(/POST .*rpc\/ → 200/).first()).toBeVisible();
  expect(await details.innerText()).not.toContain(tryton.access.password);
  expect((await new AxeBuilder({ page: desk }).analyze()).violations).toEqual([]);
  await details.getByRole('button', { name: 'Close' }).last().click();

  // Matched, it goes out: once.
  await desk.getByRole('button', { name: 'Matching' }).click();
  await desk.getByRole('button', { name: 'Products' }).click();
  await desk.getByRole('button', { name: 'Match: Doormat fancy font home' }).click();
  await desk.getByRole('dialog').getByLabel('Name or code there').fill('bunting');
  await desk.getByRole('dialog').getByRole('button', { name: 'Party bunting' }).click();
  await expect(desk.getByRole('row', { name: /Doormat fancy font home.*Party bunting/ })).toBeVisible();
  await desk.getByRole('button', { name: 'Deliveries' }).click();
  await desk.getByRole('button', { name: 'Send all refused again' }).click();
  await expect(desk.getByRole('row', { name: new RegExp(`${odd.number} Delivered`) })).toBeVisible({ timeout: 20_000 });
  expect(await tryton.sales(odd.number)).toEqual([{ state: 'posted', total: '6.75' }]);

  // And the product itself proves that both sides are equal.
  await desk.getByRole('button', { name: 'Reconcile' }).click();
  await expect(desk.getByText('Both sides are equal')).toBeVisible();
  await expect(desk.getByRole('row', { name: /Camden High Street £21\.15 2 records.*£21\.15 2 records.*equal/ })).toBeVisible();
  expect((await new AxeBuilder({ page: desk }).analyze()).violations).toEqual([]);
});
