// Serial: devices on serial lines of a tablet. They stand here, beside the browser; in the page there is only what Web Serial
// says of them, by its standard (https://wicg.github.io/serial/): events, promises, streams, the names of its exceptions.
import type { BrowserContext } from '@playwright/test';

/** How a line is set. */
export interface Line {
  baudRate: number;
  dataBits: 7 | 8;
  parity: 'none' | 'even';
}

type Call = { port: number } & ({ to: 'granted' | 'plugged' | 'read' | 'close' } | { to: 'open'; line: Line } | { to: 'write'; bytes: number[] });
type Answer = { ok: unknown } | { failed: string };

/** What hangs on a line; a kind of device says what it does with a byte. */
export abstract class SerialDevice {
  private isPlugged = true;
  isGranted = false;
  private said: number[] = [];
  private listener: ((answer: Answer) => void) | undefined;
  private line: Line | undefined;
  private tell: (event: 'connect' | 'disconnect') => Promise<void> = () => Promise.resolve();
  /** How often a person was asked. */
  asked = 0;

  constructor(
    readonly usb: { usbVendorId: number; usbProductId: number },
    /** As its own menu has it. */
    private readonly set: Line,
  ) {}

  /** A byte has come through, on a line that is set as the device is. */
  protected abstract heard(byte: number): void;

  protected say(text: string): void {
    const even = this.set.parity === 'even' && this.line?.parity !== 'even';
    const parity = (byte: number): number => ([...byte.toString(2)].filter((bit) => bit === '1').length % 2 === 1 ? byte | 0x80 : byte);
    this.said.push(...[...Buffer.from(text, 'latin1')].map((byte) => (even ? parity(byte) : byte)));
    this.speak();
  }

  async pull(): Promise<void> {
    this.isPlugged = false;
    this.said = [];
    this.unplugged();
    this.hear({ failed: 'NetworkError' });
    await this.tell('disconnect');
  }

  async plug(): Promise<void> {
    this.isPlugged = true;
    await this.tell('connect');
  }

  /** Its current is gone, and with it what it remembered. */
  protected unplugged(): void {}

  connectTo(tell: (event: 'connect' | 'disconnect') => Promise<void>): void {
    this.tell = tell;
  }

  call(call: Call): Answer | Promise<Answer> {
    switch (call.to) {
      case 'granted':
        return { ok: this.isGranted };
      case 'plugged':
        return { ok: this.isPlugged };
      case 'open':
        this.line = call.line;
        this.said = [];
        this.listener = undefined;
        return this.isPlugged ? { ok: true } : { failed: 'NetworkError' };
      case 'close':
        this.listener = undefined;
        return { ok: true };
      case 'read':
        if (!this.isPlugged) {
          return { failed: 'NetworkError' };
        }
        return new Promise((heard) => {
          this.listener = heard;
          this.speak();
        });
      case 'write':
        if (!this.isPlugged) {
          return { failed: 'NetworkError' };
        }
        // On a line that is set otherwise it hears noise.
        if (JSON.stringify(this.line) === JSON.stringify(this.set)) {
          call.bytes.forEach((byte) => this.heard(byte));
        }
        return { ok: true };
    }
  }

  grant(): boolean {
    this.asked += 1;
    this.isGranted = this.isPlugged;
    return this.isPlugged;
  }

  private hear(answer: Answer): void {
    const listener = this.listener;
    this.listener = undefined;
    listener?.(answer);
  }

  private speak(): void {
    // A few bytes at a time, as they come.
    if (this.said.length > 0 && this.listener !== undefined) {
      this.hear({ ok: this.said.splice(0, 5) });
    }
  }
}

/** Puts the devices on the cables of every page of a browser. A person who is asked chooses the first that was not chosen before. */
export async function wireSerial(context: BrowserContext, devices: SerialDevice[]): Promise<void> {
  await context.exposeBinding('serialLines', (_source, call: Call | { to: 'grant' }) => {
    if (call.to === 'grant') {
      const port = devices.findIndex((device) => !device.isGranted);
      return devices[port]?.grant() === true ? { ok: port } : { failed: 'NotFoundError' };
    }
    return devices[call.port]?.call(call) ?? { failed: 'NotFoundError' };
  });
  devices.forEach((device, port) => {
    device.connectTo(async (event) => {
      for (const page of context.pages()) {
        await page.evaluate(
          ([event, port]) => (globalThis as unknown as { plugged?: (event: string, port: number) => void }).plugged?.(event, port),
          [event, port] as const,
        );
      }
    });
  });
  await context.addInitScript(webSerial, devices.map((device) => device.usb));
}

/** In the page. */
function webSerial(plugs: { usbVendorId: number; usbProductId: number }[]): void {
  type Reply = { ok: unknown } | { failed: string };
  const lines = (globalThis as unknown as { serialLines: (call: object) => Promise<Reply> }).serialLines;
  const ask = async (call: object): Promise<unknown> => {
    const reply = await lines(call);
    if ('failed' in reply) {
      throw new DOMException('as the standard has it', reply.failed);
    }
    return reply.ok;
  };
  class Port extends EventTarget {
    connected = true;
    readable: ReadableStream<Uint8Array> | null = null;
    writable: WritableStream<Uint8Array> | null = null;

    constructor(readonly at: number) {
      super();
    }
    getInfo(): object {
      return { ...plugs[this.at] };
    }
    async open(options: { baudRate: number; dataBits?: number; parity?: string }): Promise<void> {
      if (this.writable !== null) {
        throw new DOMException('open already', 'InvalidStateError');
      }
      const { baudRate, dataBits = 8, parity = 'none' } = options;
      if (!(baudRate > 0) || ![7, 8].includes(dataBits) || !['none', 'even', 'odd'].includes(parity)) {
        throw new TypeError('how the line is set');
      }
      const port = this.at;
      await ask({ port, to: 'open', line: { baudRate, dataBits, parity } });
      this.writable = new WritableStream({
        write: async (bytes) => {
          await ask({ port, to: 'write', bytes: [...bytes] });
        },
      });
      this.readable = new ReadableStream(
        { pull: async (to) => to.enqueue(new Uint8Array((await ask({ port, to: 'read' })) as number[])) },
        { highWaterMark: 0 },
      );
    }
    async close(): Promise<void> {
      if (this.writable?.locked === true || this.readable?.locked === true) {
        throw new TypeError('locked');
      }
      this.writable = null;
      this.readable = null;
      await ask({ port: this.at, to: 'close' });
    }
  }
  const ports = plugs.map((_, at) => new Port(at));
  class Serial extends EventTarget {
    async getPorts(): Promise<Port[]> {
      const granted: Port[] = [];
      for (const port of ports) {
        port.connected = (await ask({ port: port.at, to: 'plugged' })) === true;
        if ((await ask({ port: port.at, to: 'granted' })) === true) {
          granted.push(port);
        }
      }
      return granted;
    }
    async requestPort(): Promise<Port> {
      if (!navigator.userActivation.isActive) {
        throw new DOMException('nobody has touched anything', 'SecurityError');
      }
      const port = ports[(await ask({ to: 'grant' })) as number];
      if (port === undefined) {
        throw new DOMException('nothing chosen', 'NotFoundError');
      }
      return port;
    }
  }
  const serial = new Serial();
  Object.defineProperty(navigator, 'serial', { value: serial, configurable: true });
  Object.defineProperty(globalThis, 'plugged', {
    value: (event: 'connect' | 'disconnect', at: number) => {
      const port = ports[at];
      if (port === undefined) {
        return;
      }
      port.connected = event === 'connect';
      const told = new Event(event, { bubbles: true });
      Object.defineProperty(told, 'target', { value: port });
      serial.dispatchEvent(told);
    },
  });
}
