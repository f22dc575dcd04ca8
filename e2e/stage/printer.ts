// Printer: a receipt printer on a tablet's cable. The printer itself stands here, beside the browser; in the page there is
// only what WebUSB and Web Serial say of it, by their standards: events, promises, the names of their exceptions.
import type { BrowserContext, Page } from '@playwright/test';
import { webBluetooth } from './bluetooth.ts';
import { type Paper, read } from './paper.ts';

export type Cable = 'usb' | 'serial' | 'network' | 'bluetooth';

/** What is asked of the cable. */
export type Call = { to: 'granted' | 'grant' | 'plugged' | 'open' | 'read' } | { to: 'write'; bytes: number[] };
export type Answer = { ok: unknown } | { failed: string };

export class Printer {
  /** Everything that came out, cuts and pulses among it. */
  private readonly printed: number[] = [];
  /** What it was sent and has not got to: it stands still without paper. */
  private held: number[] = [];
  private isPlugged = true;
  private isGranted = false;
  private hasPaper = true;
  private isCoverOpen = false;
  private said: number[] = [];
  private listener: ((answer: Answer) => void) | undefined;
  private breakAfter: number | undefined;
  private breaksAtCut = false;
  private hangs: (() => void) | undefined;
  private context: BrowserContext | undefined;
  /** How often a person was asked. */
  asked = 0;

  constructor(
    readonly cable: Cable = 'usb',
    /** Printers of the cheap kind say nothing. */
    private readonly answers = true,
    /** Does the browser remember it after the page is gone, as few do of Bluetooth? */
    private readonly remembers = false,
  ) {}

  async wire(context: BrowserContext): Promise<void> {
    this.context = context;
    await context.exposeBinding('cable', (_source, call: Call) => this.call(call));
    if (this.cable === 'bluetooth') {
      await context.addInitScript(webBluetooth, this.remembers);
    } else {
      await context.addInitScript(this.cable === 'usb' ? webUsb : webSerial);
    }
  }

  /** What lies on the counter. */
  paper(): Paper {
    return read(this.printed);
  }

  bytes(): number {
    return this.printed.length;
  }

  async pull(): Promise<void> {
    this.unplug();
    await this.tell('disconnect');
  }

  async plug(): Promise<void> {
    this.isPlugged = true;
    await this.tell('connect');
  }

  /** The plug is pulled out once so many more bytes have gone through the cable. */
  pullAfter(bytes: number): void {
    this.breakAfter = bytes;
  }

  /** Resolves once so many more bytes have gone through and the cable stands still: until a page opens it anew. */
  hangAfter(bytes: number): Promise<void> {
    this.breakAfter = bytes;
    return new Promise((hangs) => {
      this.hangs = hangs;
    });
  }

  /** The plug is pulled out with the next cut: nobody in the page can know whether it got through. */
  pullAtCut(): void {
    this.breaksAtCut = true;
  }

  takePaper(): void {
    this.hasPaper = false;
  }

  putPaper(): void {
    this.hasPaper = true;
    this.workOn();
  }

  openCover(is: boolean): void {
    this.isCoverOpen = is;
    this.workOn();
  }

  private unplug(): void {
    this.isPlugged = false;
    this.said = [];
    this.hear({ failed: this.cable === 'usb' ? 'NotFoundError' : 'NetworkError' });
  }

  private async tell(event: 'connect' | 'disconnect'): Promise<void> {
    for (const page of this.context?.pages() ?? []) {
      await page.evaluate((event) => (globalThis as unknown as { plugged: (event: string) => void }).plugged(event), event);
    }
  }

  async call(call: Call): Promise<Answer> {
    switch (call.to) {
      case 'granted':
        return { ok: this.isGranted && (this.isPlugged || this.cable === 'serial') };
      case 'plugged':
        return { ok: this.isPlugged };
      case 'grant':
        this.asked += 1;
        this.isGranted = this.isPlugged;
        return this.isPlugged ? { ok: true } : { failed: 'NotFoundError' };
      case 'open':
        // Whoever listened before is gone with its page.
        this.listener = undefined;
        return this.isPlugged ? { ok: true } : { failed: 'NotFoundError' };
      case 'read':
        return this.next();
      case 'write':
        return this.write(call.bytes);
    }
  }

  private next(): Promise<Answer> {
    if (!this.isPlugged) {
      return Promise.resolve({ failed: this.cable === 'usb' ? 'NotFoundError' : 'NetworkError' });
    }
    return new Promise((heard) => {
      this.listener = heard;
      this.speak();
    });
  }

  private hear(answer: Answer): void {
    const listener = this.listener;
    this.listener = undefined;
    listener?.(answer);
  }

  private speak(): void {
    if (this.said.length > 0 && this.listener !== undefined) {
      const bytes = this.said;
      this.said = [];
      this.hear({ ok: bytes });
    }
  }

  private async write(bytes: number[]): Promise<Answer> {
    if (!this.isPlugged) {
      return { failed: 'NetworkError' };
    }
    const through = bytes.slice(0, this.breakAfter ?? bytes.length);
    this.take(through);
    if (this.breakAfter !== undefined) {
      this.breakAfter -= through.length;
    }
    const isCut = through.some((byte, at) => byte === 0x1d && through[at + 1] === 0x56);
    if (this.breakAfter !== 0 && !(this.breaksAtCut && isCut)) {
      return { ok: bytes.length };
    }
    this.breakAfter = undefined;
    this.breaksAtCut = false;
    if (this.hangs !== undefined) {
      this.hangs();
      this.hangs = undefined;
      return new Promise(() => {});
    }
    this.unplug();
    void this.tell('disconnect');
    return { failed: 'NetworkError' };
  }

  /** `DLE EOT` is answered at once, whatever it is doing; everything else has its turn. */
  private take(bytes: number[]): void {
    for (let at = 0; at < bytes.length; at += 1) {
      if (bytes[at] === 0x10 && bytes[at + 1] === 4) {
        this.answer(bytes[at + 2] ?? 0);
        at += 2;
      } else {
        this.held.push(bytes[at] ?? 0);
      }
    }
    this.workOn();
  }

  private answer(question: number): void {
    const offline = !this.hasPaper || this.isCoverOpen;
    const bits: Record<number, number> = {
      1: offline ? 1 << 3 : 0,
      2: (this.isCoverOpen ? 1 << 2 : 0) | (this.hasPaper ? 0 : 1 << 5),
      4: this.hasPaper ? 0 : (1 << 5) | (1 << 6),
    };
    this.say(0x12 | (bits[question] ?? 0));
  }

  private say(byte: number): void {
    if (this.answers) {
      this.said.push(byte);
      this.speak();
    }
  }

  private workOn(): void {
    if (!this.hasPaper || this.isCoverOpen) {
      return;
    }
    for (const byte of this.held) {
      this.printed.push(byte);
      const [command, what] = this.printed.slice(-3);
      if (command === 0x1d && what === 0x72) {
        this.say(0);
      }
    }
    this.held = [];
  }
}

/** In the page: WebUSB with one device, https://wicg.github.io/webusb/. */
function webUsb(): void {
  type Reply = { ok: unknown } | { failed: string };
  const cable = (globalThis as unknown as { cable: (call: object) => Promise<Reply> }).cable;
  const ask = async (call: object): Promise<unknown> => {
    const reply = await cable(call);
    if ('failed' in reply) {
      throw new DOMException('as the standard has it', reply.failed);
    }
    return reply.ok;
  };
  const alternate = {
    alternateSetting: 0,
    interfaceClass: 7,
    interfaceSubclass: 1,
    interfaceProtocol: 2,
    endpoints: [
      { endpointNumber: 1, direction: 'out', type: 'bulk', packetSize: 64 },
      { endpointNumber: 2, direction: 'in', type: 'bulk', packetSize: 64 },
    ],
  };
  const configuration = {
    configurationValue: 1,
    interfaces: [{ interfaceNumber: 0, alternates: [alternate], alternate, claimed: false }],
  };
  class Device {
    vendorId = 0x04b8;
    productId = 0x0202;
    serialNumber = 'J4XF012345';
    productName = 'TM-T88V';
    opened = false;
    configurations = [configuration];
    configuration: typeof configuration | null = null;
    private isClaimed = false;

    private must(is: boolean): void {
      if (!is) {
        throw new DOMException('not in this state', 'InvalidStateError');
      }
    }
    async open(): Promise<void> {
      await ask({ to: 'open' });
      this.opened = true;
    }
    async close(): Promise<void> {
      this.opened = false;
      this.isClaimed = false;
    }
    async selectConfiguration(value: number): Promise<void> {
      this.must(this.opened && value === 1);
      this.configuration = configuration;
    }
    async claimInterface(number: number): Promise<void> {
      this.must(this.opened && this.configuration !== null && number === 0);
      this.isClaimed = true;
    }
    async transferOut(endpoint: number, data: BufferSource): Promise<object> {
      this.must(this.opened && this.isClaimed);
      if (endpoint !== 1) {
        throw new DOMException('no such endpoint', 'NotFoundError');
      }
      const bytes = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
      const bytesWritten = await ask({ to: 'write', bytes: [...bytes] });
      return { bytesWritten, status: 'ok' };
    }
    async transferIn(endpoint: number, length: number): Promise<object> {
      this.must(this.opened && this.isClaimed);
      if (endpoint !== 2) {
        throw new DOMException('no such endpoint', 'NotFoundError');
      }
      const bytes = (await ask({ to: 'read' })) as number[];
      return { data: new DataView(new Uint8Array(bytes.slice(0, length)).buffer), status: 'ok' };
    }
  }
  let device = new Device();
  class Usb extends EventTarget {
    async getDevices(): Promise<Device[]> {
      return (await ask({ to: 'granted' })) === true ? [device] : [];
    }
    async requestDevice(options: { filters: { classCode?: number }[] }): Promise<Device> {
      if (!navigator.userActivation.isActive) {
        throw new DOMException('nobody has touched anything', 'SecurityError');
      }
      if (!options.filters.some((filter) => filter.classCode === undefined || filter.classCode === 7)) {
        throw new DOMException('nothing fits', 'NotFoundError');
      }
      await ask({ to: 'grant' });
      return device;
    }
  }
  const usb = new Usb();
  Object.defineProperty(navigator, 'usb', { value: usb, configurable: true });
  Object.defineProperty(globalThis, 'plugged', {
    value: (event: 'connect' | 'disconnect') => {
      if (event === 'connect') {
        device = new Device();
      } else {
        device.opened = false;
      }
      usb.dispatchEvent(Object.assign(new Event(event), { device }));
    },
  });
}

/** In the page: Web Serial with one port, https://wicg.github.io/serial/. */
function webSerial(): void {
  type Reply = { ok: unknown } | { failed: string };
  const cable = (globalThis as unknown as { cable: (call: object) => Promise<Reply> }).cable;
  const ask = async (call: object): Promise<unknown> => {
    const reply = await cable(call);
    if ('failed' in reply) {
      throw new DOMException('as the standard has it', reply.failed);
    }
    return reply.ok;
  };
  class Port extends EventTarget {
    connected = true;
    readable: ReadableStream<Uint8Array> | null = null;
    writable: WritableStream<Uint8Array> | null = null;

    getInfo(): object {
      return { usbVendorId: 0x067b, usbProductId: 0x2303 };
    }
    async open(options: { baudRate: number }): Promise<void> {
      if (this.writable !== null) {
        throw new DOMException('open already', 'InvalidStateError');
      }
      if (!(options.baudRate > 0)) {
        throw new TypeError('baudRate');
      }
      await ask({ to: 'open' });
      this.writable = new WritableStream({
        write: async (bytes) => {
          await ask({ to: 'write', bytes: [...bytes] });
        },
      });
      this.readable = new ReadableStream({
        pull: async (to) => to.enqueue(new Uint8Array((await ask({ to: 'read' })) as number[])),
      });
    }
    async close(): Promise<void> {
      if (this.writable?.locked === true || this.readable?.locked === true) {
        throw new TypeError('locked');
      }
      this.writable = null;
      this.readable = null;
    }
  }
  const port = new Port();
  class Serial extends EventTarget {
    async getPorts(): Promise<Port[]> {
      port.connected = (await ask({ to: 'plugged' })) === true;
      return (await ask({ to: 'granted' })) === true ? [port] : [];
    }
    async requestPort(): Promise<Port> {
      if (!navigator.userActivation.isActive) {
        throw new DOMException('nobody has touched anything', 'SecurityError');
      }
      await ask({ to: 'grant' });
      return port;
    }
  }
  const serial = new Serial();
  Object.defineProperty(navigator, 'serial', { value: serial, configurable: true });
  Object.defineProperty(globalThis, 'plugged', {
    value: (event: 'connect' | 'disconnect') => {
      port.connected = event === 'connect';
      const told = new Event(event, { bubbles: true });
      Object.defineProperty(told, 'target', { value: port });
      serial.dispatchEvent(told);
    },
  });
}

const ADD: Record<Cable, string> = {
  usb: 'Add a USB printer',
  serial: 'Add a serial printer',
  bluetooth: 'Add a Bluetooth printer',
  network: 'Add Counter, on the network',
};

/** Adds the printer as a person does: by the page, with its kind and a drawer at pin 2. */
export async function setUp(page: Page, printer: Printer, kind = 'Epson TM-T88V'): Promise<void> {
  await page.getByRole('link', { name: 'Tablet' }).click();
  await page.getByRole('link', { name: 'Printers, scales, scanners' }).click();
  await page.getByRole('button', { name: ADD[printer.cable] }).click();
  const settings = page.getByRole('dialog');
  await settings.getByLabel('Name', { exact: true }).fill('Counter');
  await settings.getByLabel('Find a kind').fill(kind.slice(-4));
  await settings.getByRole('combobox', { name: 'Kind', exact: true }).selectOption({ label: kind });
  await settings.getByRole('combobox', { name: 'Drawer at this printer' }).selectOption('2');
  await settings.getByRole('button', { name: 'Save' }).click();
}
