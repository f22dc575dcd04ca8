// Shop floor: what most stories begin with: a server, a shop in it, and tablets paired and signed in.
import { test as base } from '@playwright/test';
import { Disk } from './disk.ts';
import { Proxy } from './proxy.ts';
import { type Books, Server } from './server.ts';
import { PINS, Shop, type StoreSettings } from './shop.ts';
import { Tablet, type TabletOptions } from './tablet.ts';

export class ShopFloor {
  private readonly endings: (() => Promise<void>)[] = [];
  private readonly tablets: Tablet[] = [];

  async server(books: Books = {}): Promise<Server> {
    const server = await Server.start(books);
    this.endings.push(() => server.close());
    return server;
  }

  /** A browser whose flushes to the disk are counted, to start a tablet with. */
  async disk(): Promise<Disk> {
    const disk = await Disk.watched();
    this.endings.push(() => disk.forget());
    return disk;
  }

  async proxy(server: Server): Promise<Proxy> {
    const proxy = await Proxy.before(server.address);
    this.endings.push(() => proxy.close());
    return proxy;
  }

  async shop(address: string, otherwise: Partial<StoreSettings> = {}): Promise<Shop> {
    const shop = await Shop.open(address, otherwise);
    this.endings.push(() => shop.api.dispose());
    return shop;
  }

  /** A tablet fresh out of its box, at an address. */
  async tablet(address: string, options: TabletOptions = {}): Promise<Tablet> {
    const tablet = await Tablet.unpack(address, options);
    this.tablets.push(tablet);
    this.endings.push(() => tablet.putAway());
    return tablet;
  }

  /** A tablet paired with a register of the shop, Priya signed in. */
  async till(shop: Shop, address: string, options: TabletOptions = {}): Promise<Tablet> {
    const tablet = await this.tablet(address, options);
    await tablet.pair(await shop.pairingCode(await shop.addRegister()));
    await tablet.signIn('Priya', PINS.Priya);
    return tablet;
  }

  /** What any tablet's page threw, or loaded against its policy. */
  broken(): string[] {
    return this.tablets.flatMap((tablet) => tablet.broken);
  }

  async close(): Promise<void> {
    for (const end of this.endings.reverse()) {
      await end().catch(() => undefined);
    }
  }
}

export const test = base.extend<{ floor: ShopFloor }>({
  // eslint would have this destructure; Playwright asks for it.
  floor: async ({}, use) => {
    const floor = new ShopFloor();
    await use(floor);
    const broken = floor.broken();
    await floor.close();
    base.expect(broken, 'no page threw or broke its policy').toEqual([]);
  },
});

export { expect } from '@playwright/test';
