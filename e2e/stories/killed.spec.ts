// Killed: the whole browser dies again and again in the middle of selling; what the screen promised is in the books once.
import { expect, test } from '../stage/shop_floor.ts';
import { GOODS, PINS } from '../stage/shop.ts';
import { type Tablet } from '../stage/tablet.ts';

const kills = Number(process.env.TILLBRIDGE_KILLS ?? 6);
const seed = Number(process.env.TILLBRIDGE_KILL_SEED ?? Date.now() % 1_000_000);
/** A browser just opened takes some seconds to its first sale; it dies at any moment of the first few sales. */
const LONGEST_LIFE_MS = 4_000;

test(`the browser is killed ${kills} times while sales are rung up`, async ({ floor }) => {
  test.setTimeout(60_000 + kills * 20_000);
  const server = await floor.server();
  const shop = await floor.shop(server.address);
  const till = await floor.till(shop, server.address);
  await till.readyForOffline();
  const chance = chances(seed);
  const promised = new Map<string, number>();
  for (let kill = 0; kill < kills; kill += 1) {
    // Every other time nothing can be handed in meanwhile.
    await till.offline(kill % 2 === 1);
    await sellUntilKilled(till, Math.floor(chance() * LONGEST_LIFE_MS), promised);
    await till.switchOn();
    await till.signIn('Priya', PINS.Priya);
  }
  await till.expectSync('All sales synced');

  const told = `seed ${seed}, promised ${[...promised.keys()]}`;
  const rows = await shop.sales();
  const booked = new Map(rows.map((row) => [row.receipt_number, row.total]));
  expect(booked.size, told).toBe(rows.length);
  expect([...booked.keys()].sort(), `no number is missing (${told})`).toEqual(
    [...booked.keys()].map((_, at) => `01-${String(at + 1).padStart(6, '0')}`),
  );
  expect(booked, told).toEqual(new Map([...booked, ...promised]));
  // At each death one sale at most was on the disk and not yet on the screen.
  expect(booked.size - promised.size, told).toBeLessThanOrEqual(kills);
  const [device] = await shop.devices();
  expect(device, told).toMatchObject({ last_sequence: booked.size, unsent: 0 });
  expect(await shop.kept()).toEqual([]);
});

/** Sells by touch and by scanner and keys in turn until the browser is gone, and notes what the screen promised. */
async function sellUntilKilled(till: Tablet, life_ms: number, promised: Map<string, number>): Promise<void> {
  let isDying = false;
  const death = new Promise((over) => setTimeout(over, life_ms)).then(async () => {
    isDying = true;
    await till.pullThePlug();
  });
  try {
    // What was open when the browser died may have come back; it is not what is sold here.
    await till.page.keyboard.press('Control+Delete');
    for (let count = 0; ; count += 1) {
      await sellOne(till, count, promised);
    }
  } catch (error) {
    if (!isDying) {
      throw error;
    }
  }
  await death;
}

async function sellOne(till: Tablet, count: number, promised: Map<string, number>): Promise<void> {
  const { page } = till;
  const good = GOODS[count % 4];
  if (good === undefined || !('barcode' in good)) {
    throw new Error('four of the goods have a barcode');
  }
  const cents = Math.round(Number(good.price) * 100);
  if (count % 2 === 0) {
    await till.add(good.name);
    await till.charge();
    await page.getByRole('group', { name: 'Likely amounts' }).getByRole('button').first().click();
    await page.getByRole('button', { name: 'Take cash and finish' }).click();
  } else {
    await till.scan(good.barcode);
    await expect(page.getByRole('button', { name: /^Charge £/ })).toBeEnabled();
    await page.keyboard.press('F9');
    await expect(page.getByRole('heading', { name: 'How are they paying?' })).toBeVisible();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
  }
  const receipt = await till.receipt();
  promised.set(receipt.number, cents);
  await till.newSale();
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function chances(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
