// Guarded: guessing a PIN, and leaving with unsent sales, do not work.
import { readFile } from 'node:fs/promises';
import { expect, test } from '../stage/shop_floor.ts';
import { PINS } from '../stage/shop.ts';
import { typePin } from '../stage/tablet.ts';

test('five wrong PINs lock, across a reload too', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.tablet(server.address);
  await till.pair(await shop.pairingCode(await shop.addRegister()));
  await till.page.getByRole('button', { name: /Priya/ }).click();
  for (let left = 4; left > 0; left -= 1) {
    await typePin(till.page, '0000');
    await expect(till.page.getByText(new RegExp(`Wrong PIN. ${left} tr`))).toBeVisible();
  }
  await typePin(till.page, '0000');
  await expect(till.page.getByText(/Locked after five wrong PINs/)).toBeVisible();

  await till.page.reload();
  await till.page.getByRole('button', { name: /Priya/ }).click();
  await typePin(till.page, PINS.Priya);
  await expect(till.page.getByText(/Locked after five wrong PINs/)).toBeVisible();
  await expect(till.page.getByRole('navigation', { name: 'Pages' })).toBeHidden();

  // A manager's PIN opens the till, and lifts it.
  await till.page.reload();
  await till.signIn('Mia', PINS.Mia);
  await till.page.getByRole('button', { name: /Mia: lock the till/ }).click();
  await till.signIn('Priya', PINS.Priya);
});

test('a tablet with unsent sales cannot be unpaired', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.tablet(server.address);
  await till.pair(await shop.pairingCode(await shop.addRegister()));
  await till.signIn('Mia', PINS.Mia);
  await till.offline(true);
  const receipt = await till.sell(['Regency cakestand']);
  await till.page.getByRole('link', { name: 'Tablet' }).click();
  const leave = till.page.getByRole('button', { name: 'Unpair this tablet' });
  if (await leave.isEnabled()) {
    await leave.click();
  }
  await expect(till.page.getByText(/Unpairing would lose it/)).toBeVisible();
  const dialog = till.page.getByRole('dialog', { name: 'Unpair this tablet?' });
  const [saved] = await Promise.all([
    till.page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Export unsent records' }).click(),
  ]);
  const file = await readFile(await saved.path(), 'utf8');
  expect(file).toContain(receipt.number);
  await till.page.keyboard.press('Escape');
  await till.offline(false);
  await till.expectSync(/Everything recorded here is at the server|All sales synced/);
  await shop.expectBooks([{ number: receipt.number, total: 1_275 }]);
  await till.page.getByRole('button', { name: 'Unpair this tablet' }).click();
  await till.page.getByRole('button', { name: 'Erase and unpair' }).click();
  await expect(till.page.getByRole('heading', { name: 'Pair this tablet' })).toBeVisible();
});
