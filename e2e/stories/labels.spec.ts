// Labels: goods are scanned or found, and their labels come out: of a printer of labels, or of the one for receipts.
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '../stage/shop_floor.ts';
import { Printer, setUp } from '../stage/printer.ts';
import { SerialDevice } from '../stage/serial.ts';

/** A printer of labels that hears ZPL II; what stands between `^XA` and `^XZ` is a label. */
class LabelPrinter extends SerialDevice {
  heardAll = '';

  constructor() {
    super({ usbVendorId: 0x0a5f, usbProductId: 0x0080 }, { baudRate: 9_600, dataBits: 8, parity: 'none' });
  }

  protected heard(byte: number): void {
    this.heardAll += String.fromCharCode(byte);
  }

  labels(): string[] {
    return [...this.heardAll.matchAll(/\^XA(.*?)\^XZ/gs)].map((match) => match[1] ?? '');
  }
}

test('a printer of labels prints what was scanned and found, as many as wanted', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  await shop.bring('sku,name,price,barcode,unit\nMUG,Mug with ^XZ,4.50,MUG-7,piece\n');
  const printer = new LabelPrinter();
  const till = await floor.till(shop, server.address, { serial: [printer] });
  const { page } = till;
  await page.getByRole('link', { name: 'Tablet' }).click();
  await page.getByRole('link', { name: 'Printers, scales, scanners' }).click();
  await page.getByRole('button', { name: 'Add a serial printer' }).click();
  const settings = page.getByRole('dialog');
  await settings.getByLabel('Name', { exact: true }).fill('Zebra');
  await settings.getByRole('combobox', { name: 'What it prints' }).selectOption({ label: 'Labels (Zebra, ZPL II, 203 dpi)' });
  await expect(settings.getByRole('combobox', { name: 'Drawer at this printer' })).toBeHidden();
  await settings.getByRole('button', { name: 'Save' }).click();

  await page.getByRole('link', { name: 'Tablet' }).click();
  await page.getByRole('link', { name: 'Print labels' }).click();
  await expect(page.getByText('Printed on: Zebra')).toBeVisible();
  await till.scan('5012345678900');
  await till.scan('5012345678900');
  await page.getByLabel('Name or number').fill('Darjeeling');
  await page.getByRole('list', { name: 'Found' }).getByRole('button', { name: 'Darjeeling' }).click();
  await page.getByLabel('Name or number').fill('Mug');
  await page.getByRole('list', { name: 'Found' }).getByRole('button', { name: 'Mug' }).click();
  await page.getByRole('button', { name: 'One label more: Mug' }).click();
  await page.getByRole('button', { name: 'One label less: Mug' }).click();
  await till.scan('4000000000006');
  await expect(page.getByText('No product has the code 4000000000006.')).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await page.getByRole('button', { name: 'Print 4 labels' }).click();
  await expect(page.getByText('Sent to the printer')).toBeVisible();

  await expect.poll(() => printer.labels()).toHaveLength(3);
  const [cakestand, tea, mug] = printer.labels();
  expect(cakestand).toContain('^FDRegency cakestand^FS');
  expect(cakestand).toContain('^FD12.75 GBP^FS');
  expect(cakestand).toMatch(/\^BEN,\d+,Y,N\^FH_\^FD501234567890\^FS/);
  expect(cakestand).toContain('^PQ2');
  expect(tea).toContain('^FD38.00 GBP/kg^FS');
  expect(tea).toMatch(/\^BCN,.*\^FDTEA-LOOSE\^FS/);
  // A code of the shop's own has no bars of a GTIN; and a name commands nothing.
  expect(mug).toContain('^FDMug with _5EXZ^FS');
  expect(mug).toMatch(/\^BCN,.*\^FDMUG-7\^FS/);
  // Nothing of it stands in the sale.
  await page.getByRole('link', { name: 'Sell' }).click();
  await expect(page.getByRole('button', { name: 'Charge £0.00' })).toBeVisible();
});

test('a printer of receipts prints labels too, each cut off', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const printer = new Printer();
  const till = await floor.till(shop, server.address, { printer });
  const { page } = till;
  await setUp(page, printer);
  await expect(page.getByText('Ready', { exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'Tablet' }).click();
  await page.getByRole('link', { name: 'Print labels' }).click();
  await page.getByRole('button', { name: 'For the goods' }).click();
  await page.getByLabel('Name or number').fill('Darjeeling');
  await page.getByRole('list', { name: 'Found' }).getByRole('button', { name: 'Darjeeling' }).click();
  await page.getByRole('button', { name: 'One label more: Darjeeling' }).click();
  await page.getByRole('button', { name: 'Print 2 labels' }).click();
  await expect.poll(() => printer.paper().slips.filter((slip) => slip.cut)).toHaveLength(2);
  for (const slip of printer.paper().slips) {
    expect(slip.rows.join('\n')).toContain('Darjeeling, loose');
    expect(slip.rows.join('\n')).toContain('38.00 GBP/kg');
    expect(slip.barcodes).toHaveLength(1);
  }
  expect(printer.paper().pulses).toEqual([]);
});
