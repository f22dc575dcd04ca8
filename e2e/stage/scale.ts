// Scale: a weighing scale on a serial line, as its maker's manual has it: grams in whole, up to 15 kg.
// 8217: Mettler Toledo, Diva service manual, 6.1.3; MT-SICS: reference manual 11780711.
import { SerialDevice } from './serial.ts';

const CAPACITY = 15_000;

abstract class Scale extends SerialDevice {
  /** What lies on it, grams. */
  private load = 0;
  private zeroAt = 0;
  protected tare = 0;
  protected isMoving = false;

  /** Something is put on it, or all of it is taken off (0): it swings until it settles. */
  put(grams: number): void {
    this.load = grams;
    this.isMoving = true;
  }

  settle(): void {
    this.isMoving = false;
  }

  /** Puts it on and waits until it stands still. */
  lay(grams: number): void {
    this.put(grams);
    this.settle();
  }

  protected get gross(): number {
    return this.load - this.zeroAt;
  }
  protected get net(): number {
    return this.gross - this.tare;
  }
  protected get isOver(): boolean {
    return this.load > CAPACITY;
  }
  /** Dust can be called nothing, a cheese cannot. */
  protected zero(): boolean {
    const can = !this.isMoving && this.tare === 0 && Math.abs(this.load) <= CAPACITY / 50;
    if (can) {
      this.zeroAt = this.load;
    }
    return can;
  }
  protected take(): boolean {
    const can = !this.isMoving && !this.isOver && this.gross > 0;
    if (can) {
      this.tare = this.gross;
    }
    return can;
  }
  protected override unplugged(): void {
    this.tare = 0;
  }
}

export class Toledo8217 extends Scale {
  readonly protocol = 'Mettler Toledo 8217';
  private begun = false;

  constructor() {
    super({ usbVendorId: 0x067b, usbProductId: 0x2303 }, { baudRate: 9_600, dataBits: 7, parity: 'even' });
  }

  protected heard(byte: number): void {
    const letter = String.fromCharCode(byte);
    if (letter === 'W') {
      const well = !this.isMoving && !this.isOver && this.net >= 0;
      const weight = (this.net / 1_000).toFixed(3).padStart(6, '0');
      this.say(well ? `\x02${weight}${this.tare > 0 ? 'N' : ''}\r` : this.status());
    } else if (letter === 'Z') {
      this.zero();
      this.say(this.status());
    } else if (letter === 'T') {
      this.begun = true;
    } else if (letter === '\r' && this.begun) {
      this.begun = false;
      this.take();
      this.say(this.status());
    } else if (letter === 'C') {
      this.tare = 0;
      this.say(this.status());
    }
  }

  private status(): string {
    const bits = [this.isMoving, this.isOver, this.net < 0, false, this.net === 0, this.tare > 0, true];
    const byte = bits.reduce((sum, is, bit) => sum | (is ? 1 << bit : 0), 0);
    return `\x02?${String.fromCharCode(byte)}\r`;
  }
}

export class MtSics extends Scale {
  readonly protocol = 'MT-SICS';
  private command = '';

  constructor() {
    super({ usbVendorId: 0x0eb8, usbProductId: 0xf000 }, { baudRate: 9_600, dataBits: 8, parity: 'none' });
  }

  protected heard(byte: number): void {
    const letter = String.fromCharCode(byte);
    if (letter !== '\n') {
      this.command += letter === '\r' ? '' : letter;
      return;
    }
    const command = this.command;
    this.command = '';
    const weight = (grams: number): string => `${(grams / 1_000).toFixed(3).padStart(10)} kg`;
    if (command === 'SI') {
      this.say(this.isOver ? 'S +\r\n' : `S ${this.isMoving ? 'D' : 'S'} ${weight(this.net)}\r\n`);
    } else if (command === 'Z') {
      this.say(this.zero() ? 'Z A\r\n' : 'Z +\r\n');
    } else if (command === 'T') {
      this.say(this.take() ? `T S ${weight(this.tare)}\r\n` : 'T I\r\n');
    } else if (command === 'TAC') {
      this.tare = 0;
      this.say('TAC A\r\n');
    } else {
      this.say('ES\r\n');
    }
  }
}
