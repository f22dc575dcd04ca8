// Bluetooth: what Web Bluetooth says of a printer, by its standard (https://webbluetoothcg.github.io/web-bluetooth/): a person
// chooses, services are seen that were asked for, one operation goes on at a time, and no write is longer than the link takes.

/** In the page: Web Bluetooth with one device. `remembers` as with Chrome's flag for it: most browsers forget with the page. */
export function webBluetooth(remembers: boolean): void {
  type Reply = { ok: unknown } | { failed: string };
  const cable = (globalThis as unknown as { cable: (call: object) => Promise<Reply> }).cable;
  const ask = async (call: object): Promise<unknown> => {
    const reply = await cable(call);
    if ('failed' in reply) {
      throw new DOMException('as the standard has it', 'NetworkError');
    }
    return reply.ok;
  };
  const line = '000018f0-0000-1000-8000-00805f9b34fb';
  // What printer and tablet have agreed on for one write; the page is not told.
  const most = 100;
  let allowed: string[] = [];
  let isBusy = false;
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    if (!device.gatt.connected) {
      throw new DOMException('GATT Server is disconnected. Cannot perform GATT operations.', 'NetworkError');
    }
    if (isBusy) {
      throw new DOMException('GATT operation already in progress.', 'NetworkError');
    }
    isBusy = true;
    try {
      return await work();
    } finally {
      isBusy = false;
    }
  };

  class Characteristic extends EventTarget {
    value: DataView | null = null;
    constructor(
      readonly uuid: string,
      readonly properties: Record<string, boolean>,
    ) {
      super();
    }
    async writeValueWithResponse(data: BufferSource): Promise<void> {
      const bytes = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
      if (this.properties.write !== true) {
        throw new DOMException('GATT operation not permitted.', 'NotSupportedError');
      }
      if (bytes.length > 512) {
        throw new DOMException('Value can’t exceed 512 bytes.', 'InvalidModificationError');
      }
      await alone(async () => {
        if (bytes.length > most) {
          throw new DOMException('GATT operation failed for unknown reason.', 'NotSupportedError');
        }
        await ask({ to: 'write', bytes: [...bytes] });
      });
    }
    async startNotifications(): Promise<this> {
      await alone(async () => undefined);
      void this.listen();
      return this;
    }
    private async listen(): Promise<void> {
      try {
        for (;;) {
          const bytes = (await ask({ to: 'read' })) as number[];
          // A notification is no longer than what is agreed on, and often a byte.
          for (const byte of bytes) {
            this.value = new DataView(new Uint8Array([byte]).buffer);
            this.dispatchEvent(new Event('characteristicvaluechanged'));
          }
        }
      } catch {
        // The device is gone, which it says by itself.
      }
    }
  }

  class Device extends EventTarget {
    readonly id = 'kR3vZ0w1Q0mU2b5A9xYc7g==';
    readonly name = 'Printer_4C21';
    readonly gatt = {
      connected: false,
      connect: async () => {
        await ask({ to: 'open' });
        this.gatt.connected = true;
        return this.gatt;
      },
      disconnect: () => {
        this.gatt.connected = false;
      },
      getPrimaryServices: async () =>
        alone(async () => {
          if (!allowed.includes(line)) {
            throw new DOMException('No Services found in device.', 'NotFoundError');
          }
          return [
            {
              uuid: line,
              getCharacteristics: async () =>
                alone(async () => [
                  new Characteristic('00002af0-0000-1000-8000-00805f9b34fb', { notify: true }),
                  new Characteristic('00002af1-0000-1000-8000-00805f9b34fb', { write: true, writeWithoutResponse: true }),
                ]),
            },
          ];
        }),
    };
  }
  const device = new Device();

  class Bluetooth extends EventTarget {
    getDevices?: () => Promise<Device[]>;
    async requestDevice(options: { filters?: object[]; acceptAllDevices?: boolean; optionalServices?: string[] }): Promise<Device> {
      if ((options.filters === undefined) === (options.acceptAllDevices !== true)) {
        throw new TypeError('either filters or acceptAllDevices');
      }
      if (!navigator.userActivation.isActive) {
        throw new DOMException('Must be handling a user gesture to show a permission request.', 'SecurityError');
      }
      const reply = await cable({ to: 'grant' });
      if ('failed' in reply) {
        throw new DOMException('User cancelled the requestDevice() chooser.', 'NotFoundError');
      }
      allowed = options.optionalServices ?? [];
      return device;
    }
  }
  const bluetooth = new Bluetooth();
  if (remembers) {
    bluetooth.getDevices = async () => {
      const reply = await cable({ to: 'granted' });
      allowed = [line];
      return 'ok' in reply && reply.ok === true ? [device] : [];
    };
  }
  Object.defineProperty(navigator, 'bluetooth', { value: bluetooth, configurable: true });
  Object.defineProperty(globalThis, 'plugged', {
    value: (event: 'connect' | 'disconnect') => {
      if (event === 'disconnect') {
        device.gatt.connected = false;
        device.dispatchEvent(new Event('gattserverdisconnected'));
      }
    },
  });
}
