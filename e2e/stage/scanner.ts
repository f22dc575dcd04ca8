// Scanner: barcode scanners that do not type. Serial: as most are set, the code and CR. HID POS: USB HID Point of Sale Usage Tables
// 1.02 (usage page 0x8C); the report as the makers' manuals draw it: length, identifier, 56 bytes, one more, whether it goes on.
import type { BrowserContext } from '@playwright/test';
import { SerialDevice } from './serial.ts';

export class SerialScanner extends SerialDevice {
  constructor() {
    super({ usbVendorId: 0x0c2e, usbProductId: 0x0cda }, { baudRate: 9_600, dataBits: 8, parity: 'none' });
  }

  protected heard(): void {}

  /** Reads a code. */
  scan(code: string): void {
    this.say(`${code}\r`);
  }
}

export class HidScanner {
  private context: BrowserContext | undefined;

  async wire(context: BrowserContext): Promise<void> {
    this.context = context;
    await context.addInitScript(webHid);
  }

  /** Reads a code of a kind (`]E0` is EAN-13). */
  async scan(code: string, identifier = ']E0'): Promise<void> {
    const bytes = [...Buffer.from(code, 'latin1')];
    for (let at = 0; at < bytes.length; at += 56) {
      const part = bytes.slice(at, at + 56);
      const goesOn = at + 56 < bytes.length ? 1 : 0;
      const data = [part.length, ...Buffer.from(identifier), ...part, ...new Array<number>(56 - part.length).fill(0), 0x73, 0, goesOn];
      for (const page of this.context?.pages() ?? []) {
        await page.evaluate((data) => (globalThis as unknown as { hidReport?: (data: number[]) => void }).hidReport?.(data), data);
      }
    }
  }
}

/** In the page: WebHID with one scanner, https://wicg.github.io/webhid/. What was allowed outlives the page. */
function webHid(): void {
  const allowed = 'stage.hid.allowed';
  class Device extends EventTarget {
    opened = false;
    vendorId = 0x0c2e;
    productId = 0x0b81;
    productName = 'Scanner';
    collections = [{ usagePage: 0x8c, usage: 2 }];

    async open(): Promise<void> {
      if (this.opened) {
        throw new DOMException('open already', 'InvalidStateError');
      }
      this.opened = true;
    }
    async close(): Promise<void> {
      this.opened = false;
    }
  }
  const device = new Device();
  class Hid extends EventTarget {
    async getDevices(): Promise<Device[]> {
      return localStorage.getItem(allowed) === null ? [] : [device];
    }
    async requestDevice(options: { filters: { usagePage?: number }[] }): Promise<Device[]> {
      if (!navigator.userActivation.isActive) {
        throw new DOMException('nobody has touched anything', 'SecurityError');
      }
      if (!options.filters.some((filter) => filter.usagePage === 0x8c)) {
        return [];
      }
      localStorage.setItem(allowed, 'yes');
      return [device];
    }
  }
  Object.defineProperty(navigator, 'hid', { value: new Hid(), configurable: true });
  Object.defineProperty(globalThis, 'hidReport', {
    value: (data: number[]) => {
      if (device.opened) {
        const report = new Event('inputreport');
        device.dispatchEvent(Object.assign(report, { reportId: 2, device, data: new DataView(new Uint8Array(data).buffer) }));
      }
    },
  });
}
