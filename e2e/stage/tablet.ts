// Tablet: a browser with a profile of its own on the disk, used as a cashier uses it: by what stands on the screen.
import { type BrowserContext, chromium, expect, type Locator, type Page } from '@playwright/test';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Printer } from './printer.ts';
import type { HidScanner } from './scanner.ts';
import { type SerialDevice, wireSerial } from './serial.ts';

export interface Receipt {
  number: string;
  total: number;
}

export interface TabletOptions {
  width?: number;
  height?: number;
  dark?: boolean;
  language?: string;
  /** The program to start; Debian's Chromium when left out. */
  browser?: string;
  /** What hangs on its cable. */
  printer?: Printer;
  /** What hangs on its serial lines. */
  serial?: SerialDevice[];
  /** A scanner that speaks HID POS. */
  hid?: HidScanner;
}

const flags = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--no-first-run'];

export class Tablet {
  context!: BrowserContext;
  page!: Page;
  /** Whatever the page threw or refused to load for its own policy; a story ends with none. */
  readonly broken: string[] = [];

  private constructor(
    readonly address: string,
    readonly profile: string,
    private readonly options: TabletOptions,
  ) {}

  static async unpack(address: string, options: TabletOptions = {}): Promise<Tablet> {
    const tablet = new Tablet(address, await mkdtemp(join(tmpdir(), 'tillbridge-tablet-')), options);
    await tablet.switchOn();
    return tablet;
  }

  /** Starts the browser with what it kept, and opens the page. */
  async switchOn(): Promise<void> {
    const { width = 1280, height = 800, dark = false, language = 'en-GB', browser, printer, serial, hid } = this.options;
    this.context = await chromium.launchPersistentContext(this.profile, {
      executablePath: browser ?? process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: flags,
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
      // A page is looked at when it stands still.
      reducedMotion: 'reduce',
      locale: language,
      timezoneId: 'Europe/London',
    });
    await printer?.wire(this.context);
    await hid?.wire(this.context);
    if (serial !== undefined) {
      await wireSerial(this.context, serial);
    }
    this.page = this.context.pages()[0] ?? (await this.context.newPage());
    this.watch(this.page);
    await this.page.goto(this.address);
  }

  private watch(page: Page): void {
    page.on('pageerror', (error) => this.broken.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && /Content.Security.Policy|panicked/.test(message.text())) {
        this.broken.push(message.text());
      }
    });
  }

  /** Another tab of the same browser. */
  async secondTab(): Promise<Page> {
    const page = await this.context.newPage();
    this.watch(page);
    await page.goto(this.address);
    return page;
  }

  /** `kill -9` of the whole browser, all its processes at once: no page hears of it. */
  async pullThePlug(): Promise<void> {
    const ended = this.context.waitForEvent('close').catch(() => undefined);
    for (const leader of await groupsOf(this.profile)) {
      process.kill(-leader, 'SIGKILL');
    }
    await ended;
  }

  async putAway(): Promise<void> {
    await this.context.close();
    await rm(this.profile, { recursive: true, force: true });
  }

  async pair(code: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Pairing code' }).fill(code);
    await this.page.getByRole('button', { name: 'Pair', exact: true }).click();
    await expect(this.page.getByRole('heading', { name: 'Who is selling?' })).toBeVisible();
  }

  async signIn(name: string, pin: string, page = this.page): Promise<void> {
    await page.getByRole('button', { name: new RegExp(name) }).first().click();
    await typePin(page, pin);
    await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  }

  /** A scanner: keys as fast as none can type, and Enter. The keys bear a scanner's times, however busy this machine is. */
  async scan(code: string, page = this.page): Promise<void> {
    const finish = await this.scanAsFarAs(code.length, code, page);
    await finish();
  }

  /** The first letters of a scan; the rest, with the times it was typed at, when the page comes to hear it. */
  async scanAsFarAs(count: number, code: string, page = this.page): Promise<() => Promise<void>> {
    const keyboard = await this.context.newCDPSession(page);
    const keys = [...code, '\r'];
    // All of it was typed a moment ago: no key bears a time that has not come yet.
    const start = Date.now() / 1_000 - 0.004 * keys.length;
    const type = async (from: number, to: number): Promise<void> => {
      const sent = keys.slice(from, to).flatMap((letter, at) => {
        const timestamp = start + 0.004 * (from + at);
        if (letter === '\u001d') {
          // The separator of GS1's elements, as keyboards of scanners type it: Ctrl and ].
          const separator = { key: ']', windowsVirtualKeyCode: 221, modifiers: 2, timestamp };
          return [
            keyboard.send('Input.dispatchKeyEvent', { ...separator, type: 'rawKeyDown' }),
            keyboard.send('Input.dispatchKeyEvent', { ...separator, type: 'keyUp' }),
          ];
        }
        const key = letter === '\r' ? 'Enter' : letter;
        const event = { key, windowsVirtualKeyCode: letter.toUpperCase().charCodeAt(0), timestamp };
        return [
          keyboard.send('Input.dispatchKeyEvent', { ...event, type: 'keyDown', text: letter, unmodifiedText: letter }),
          keyboard.send('Input.dispatchKeyEvent', { ...event, type: 'keyUp' }),
        ];
      });
      await Promise.all(sent);
    };
    await type(0, count);
    return async () => {
      await type(count, keys.length);
      await keyboard.detach();
    };
  }

  tile(name: string, page = this.page): Locator {
    return page.getByRole('button', { name: new RegExp(name) }).first();
  }

  async add(name: string, page = this.page): Promise<void> {
    await page.getByRole('searchbox').or(page.getByRole('combobox')).or(page.getByPlaceholder(/^Search or scan/)).first().fill(name);
    await this.tile(name, page).click();
  }

  async charge(page = this.page): Promise<void> {
    await page.getByRole('button', { name: /^Charge/ }).click();
    await expect(page.getByRole('heading', { name: 'How are they paying?' })).toBeVisible();
  }

  /** Pays in cash, exactly; says what the screen promises to have kept. */
  async payCash(page = this.page): Promise<Receipt> {
    await page.getByRole('group', { name: 'Likely amounts' }).getByRole('button').first().click();
    await page.getByRole('button', { name: 'Take cash and finish' }).click();
    return this.receipt(page);
  }

  /** Pays by a card that its terminal has approved. */
  async payCard(page = this.page): Promise<Receipt> {
    await page.keyboard.press('F3');
    await page.getByRole('button', { name: 'Card approved, finish' }).click();
    return this.receipt(page);
  }

  /** What the screen after paying says. */
  async receipt(page = this.page): Promise<Receipt> {
    const saved = page.getByText(/^Saved on this tablet as /);
    await expect(saved).toBeVisible();
    const number = ((await saved.textContent()) ?? '').replace('Saved on this tablet as ', '').trim();
    return { number, total: 0 };
  }

  async newSale(page = this.page): Promise<void> {
    await page.getByRole('button', { name: 'New sale' }).click();
  }

  /** Sells by name for cash. */
  async sell(names: string[], page = this.page): Promise<Receipt> {
    for (const name of names) {
      await this.add(name, page);
    }
    await this.charge(page);
    const receipt = await this.payCash(page);
    await this.newSale(page);
    return receipt;
  }

  async expectSync(text: RegExp | string, page = this.page): Promise<void> {
    await expect(page.getByText(text).first()).toBeVisible({ timeout: 20_000 });
  }

  /** Waits until the app itself is on the tablet, so that it starts without a network. */
  async readyForOffline(): Promise<void> {
    await this.page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await expect
      .poll(() => this.page.evaluate(async () => {
        const names = await caches.keys();
        const kept = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).length));
        return navigator.serviceWorker.controller !== null && kept.some((count) => count > 3);
      }), { message: 'the app is kept', timeout: 60_000 })
      .toBe(true);
  }

  /** "Try now", wherever the page offers it: a wait between two tries is not waited for. */
  async tryNow(): Promise<void> {
    await this.page.getByRole('link', { name: 'Tablet' }).click();
    await expect(this.page.getByRole('heading', { level: 1 })).toBeVisible();
    const button = this.page.getByRole('button', { name: 'Try now' });
    if (await button.isVisible()) {
      await button.click();
    }
    await this.page.getByRole('link', { name: 'Sell' }).click();
  }

  async offline(is: boolean): Promise<void> {
    await this.context.setOffline(is);
  }
}

/** A PIN as fingers type it: a scanner is known by its speed. */
export async function typePin(page: Page, pin: string): Promise<void> {
  await page.keyboard.type(pin, { delay: 70 });
  await page.keyboard.press('Enter');
}

/** Processes whose command line names this profile. */
export async function processesOf(profile: string): Promise<number[]> {
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    const process = Number(entry);
    if (!Number.isInteger(process)) {
      continue;
    }
    const line = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    if (line.includes(profile)) {
      found.push(process);
    }
  }
  return found;
}

/** The process groups that these processes are in, by their leaders. */
async function groupsOf(profile: string): Promise<Set<number>> {
  const groups = new Set<number>();
  for (const process of await processesOf(profile)) {
    // After the name in brackets: state, parent, group.
    const stat = await readFile(`/proc/${process}/stat`, 'utf8').catch(() => undefined);
    const group = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[2];
    if (group !== undefined) {
      groups.add(Number(group));
    }
  }
  return groups;
}
