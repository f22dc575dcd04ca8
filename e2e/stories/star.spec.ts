// Star: a printer that is told in StarPRNT says how it is by Star's automatic status, and that a receipt is out by ETB.
import { expect, test } from '../stage/shop_floor.ts';
import { SerialDevice } from '../stage/serial.ts';

/** Line Mode Command Specifications, "Automatic Status": nine bytes, version 3. */
class StarPrinter extends SerialDevice {
  private heardAll: number[] = [];
  private hasPaper = true;

  constructor() {
    super({ usbVendorId: 0x0519, usbProductId: 0x0003 }, { baudRate: 9_600, dataBits: 8, parity: 'none' });
  }

  putPaper(is: boolean): void {
    this.hasPaper = is;
    this.status();
  }

  text(): string {
    return Buffer.from(this.heardAll).toString('latin1');
  }

  private status(printed = false): void {
    const states = [(this.hasPaper ? 0 : 0x08) | (printed ? 0x02 : 0), 0, 0, this.hasPaper ? 0 : 0x08, 0, 0, 0];
    this.say(Buffer.from([0x23, 0x06, ...states]).toString('latin1'));
  }

  protected heard(byte: number): void {
    this.heardAll.push(byte);
    const [escape, acknowledge, start] = this.heardAll.slice(-3);
    if (escape === 0x1b && acknowledge === 0x06 && start === 0x01) {
      this.status();
    } else if (byte === 0x17) {
      this.status(true);
    }
  }
}

test('a receipt is printed in StarPRNT and proven; without paper it waits', async ({ floor }) => {
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const printer = new StarPrinter();
  const till = await floor.till(shop, server.address, { serial: [printer] });
  const { page } = till;
  await page.getByRole('link', { name: 'Tablet' }).click();
  await page.getByRole('link', { name: 'Printers, scales, scanners' }).click();
  await page.getByRole('button', { name: 'Add a serial printer' }).click();
  const settings = page.getByRole('dialog');
  await settings.getByLabel('Name', { exact: true }).fill('Star');
  await settings.getByLabel('Find a kind').fill('star');
  await settings.getByRole('combobox', { name: 'Kind', exact: true }).selectOption({ label: 'Star, 80 mm, StarPRNT (mC-Print3, TSP100IV)' });
  await settings.getByRole('combobox', { name: 'Drawer at this printer' }).selectOption('2');
  await settings.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Ready', { exact: true })).toBeVisible();

  printer.putPaper(false);
  await expect(page.getByText('Printer is out of paper')).toBeVisible();
  printer.putPaper(true);
  await expect(page.getByText('Ready', { exact: true })).toBeVisible();

  await page.getByRole('link', { name: 'Sell' }).click();
  await till.add('Regency cakestand');
  await till.charge();
  const { number } = await till.payCash();
  await expect(page.getByText('Printed', { exact: true })).toBeVisible();
  const said = printer.text();
  expect(said).toContain('Regency cakestand');
  // The drawer once, the number as Code 128, the cut, and the question whether all of it is out.
  expect(said.split('\x1b\x07\x0a\x32\x07')).toHaveLength(2);
  expect(said).toContain(`\x1bb\x06\x01\x01\x3c${number}\x1e`);
  expect(said).toMatch(/\x1bd\x03\x17/);
});
