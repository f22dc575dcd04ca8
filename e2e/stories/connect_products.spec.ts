// Connect, products: both sides are checked, mapped and tried out before anything is written; then each side's changes reach the other,
// by who decides. The ERP is a running Tryton.
import { AxeBuilder } from '@axe-core/playwright';
import { type Page } from '@playwright/test';
import { office } from '../stage/office.ts';
import { expect, test } from '../stage/shop_floor.ts';
import { Tryton } from '../stage/tryton.ts';

/** A server that may reach an ERP on this machine. */
const settings = { TILLBRIDGE_CONNECT_NETWORKS: '127.0.0.0/8' };

async function isClean(page: Page): Promise<void> {
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
}

test('an owner checks both sides, maps, looks at a dry run, accepts, and products keep in step', async ({ floor }) => {
  const tryton = await Tryton.find();
  test.skip(tryton === undefined, 'no Tryton is running');
  if (tryton === undefined) {
    return;
  }
  const server = await floor.server({ settings });
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  const { address, database, user, password } = tryton.access;
  const made = await shop.api.post('/api/connections', {
    data: {
      connector: 'tryton',
      name: 'Books',
      settings: { address, database, user, password },
      flows: [
        { flow: 'products', on: true, every_minutes: 5 },
        { flow: 'product_changes', on: true },
        { flow: 'sales', on: true },
      ],
      private_network: true,
    },
  });
  expect(made.ok(), await made.text()).toBe(true);
  const desk = await office(floor, server.address);
  await desk.getByRole('link', { name: 'Connect' }).click();
  await desk.getByRole('link', { name: 'Books' }).click();
  await desk.getByRole('button', { name: 'Read anew' }).click();
  await desk.getByRole('button', { name: 'Products', exact: true }).click();
  await expect(desk.getByRole('row', { name: /Lunch bag red spotty/ }).getByText('code')).toBeVisible();

  // What would make trouble is said before anything is connected.
  await desk.getByRole('button', { name: 'Data check' }).click();
  await expect(desk.getByText('Records without a finding')).toBeVisible();
  await desk.getByText('Tax categories without a place here').click();
  await expect(desk.getByRole('row', { name: /LOOSE01 Earl Grey tea, loose Goods at 0%/ })).toBeVisible();
  await isClean(desk);

  // Their tax categories have other names: a table says which is which.
  await desk.getByRole('button', { name: 'Mapping', exact: true }).click();
  await expect(desk.getByText('No product is changed before you have looked at the dry run')).toBeVisible();
  const tax = desk.getByRole('row', { name: /^Tax category/ });
  await expect(tax.getByText(/“Goods at 20%”\? 2 without a place/)).toBeVisible();
  await tax.getByRole('button', { name: 'Change: Tax category' }).click();
  await desk.getByLabel('Rule').selectOption('by a table');
  await desk.getByLabel('Goods at 20%').selectOption('VAT 20 %');
  await isClean(desk);
  await desk.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await expect(tax.getByText('table: 1 values')).toBeVisible();

  // The dry run shows what would happen; nothing has.
  await desk.getByRole('button', { name: 'Dry run', exact: true }).click();
  await expect(desk.getByRole('row', { name: /Assorted colour bird ornament 84879/ })).toBeVisible();
  await expect(desk.getByRole('row', { name: /Assorted colour bird ornament 84879.*Price: 1\.69/ })).toBeVisible();
  await desk.getByRole('button', { name: /^Cannot be taken 1$/ }).click();
  await expect(desk.getByText('Goods at 0%: has no place here yet')).toBeVisible();
  await isClean(desk);
  await desk.getByRole('button', { name: 'Accept', exact: true }).click();
  await desk.getByRole('dialog').getByRole('button', { name: 'Accept', exact: true }).click();
  await expect(desk.getByText('The mapping is in force: what is shown here happens by itself.')).toBeVisible();
  await desk.getByRole('button', { name: 'Start' }).click();

  // What only they had is sold at the till.
  await till.add('Assorted colour bird ornament');
  await expect(till.page.getByText('£1.69').first()).toBeVisible();

  // Their change comes in.
  const name = `Popcorn box ${Date.now() % 1_000_000}`;
  await tryton.rename('22197', name);
  await desk.getByRole('button', { name: 'Read anew' }).click();
  await expect(async () => {
    const page = await shop.api.get(`/api/products?search=${encodeURIComponent(name)}`);
    expect(((await page.json()) as { rows: unknown[] }).rows).toHaveLength(1);
  }).toPass({ timeout: 20_000 });

  // From now on the shop decides its names: a change here goes there.
  await desk.getByRole('button', { name: 'Mapping', exact: true }).click();
  await desk.getByRole('button', { name: 'Change: Name' }).click();
  await desk.getByLabel('Who decides').selectOption('Tillbridge');
  await desk.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await expect(desk.getByText('This mapping was changed. The one before is in force')).toBeVisible();
  await desk.getByRole('button', { name: 'Look at the dry run' }).click();
  await desk.getByRole('button', { name: 'Accept', exact: true }).click();
  await desk.getByRole('dialog').getByRole('button', { name: 'Accept', exact: true }).click();
  await expect(desk.getByText('The mapping is in force: what is shown here happens by itself.')).toBeVisible();
  const answer = await shop.api.get(`/api/products?search=${encodeURIComponent(name)}`);
  const [product] = ((await answer.json()) as { rows: { id: string }[] }).rows;
  const ours = `${name}, ours`;
  const changed = await shop.api.put(`/api/products/${product?.id}`, { data: { ...product, name: ours } });
  expect(changed.ok(), await changed.text()).toBe(true);
  await expect(async () => {
    expect((await tryton.product('22197')).name).toBe(ours);
  }).toPass({ timeout: 20_000 });
  await desk.getByRole('button', { name: 'Deliveries' }).click();
  await expect(desk.getByRole('row', { name: new RegExp(`22197 ${ours} Delivered`) })).toBeVisible();
});
