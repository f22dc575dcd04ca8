// Shop: a retailer set up through the API, as an integrator would, and its books read the same way.
import { type APIRequestContext, expect, request } from '@playwright/test';

export const OWNER = { email: 'olu@example.test', password: 'correct horse battery' };
export const PINS = { Priya: '2580', Mia: '4711' } as const;

/** The goods of the stories: code, name, price, barcode. */
export const GOODS = [
  { sku: '22423', name: 'Regency cakestand', price: '12.75', barcode: '5012345678900' },
  { sku: '85123A', name: 'White hanging heart holder', price: '2.55', barcode: '4006381333931' },
  { sku: '21523', name: 'Doormat fancy font home', price: '6.75', barcode: '9780201379624' },
  { sku: '20725', name: 'Lunch bag red spotty', price: '1.65', barcode: '73513537' },
  { sku: 'TEA-LOOSE', name: 'Darjeeling, loose', price: '38.00', unit: 'kg' },
] as const;

const LONDON = {
  name: 'Camden High Street',
  address: ['12 High Street', 'London NW1'],
  country: 'GB',
  currency: 'GBP',
  time_zone: 'Europe/London',
  language: 'en',
  tax: { prices_include_tax: true, rounded: 'line', rounding: 'half_away_from_zero' },
  cash_rounding: { step_minor: 1, rounding: 'half_away_from_zero' },
  shift_needed: false,
  in_store_codes: [] as { format: string; value: string; decimals: number }[],
  approval: { most_discount: 100_000, returns: false } as { most_discount: number; returns: boolean; without_receipt?: boolean; other_ways?: boolean },
  giving: {} as { tips?: number[]; donation?: string },
  receipt: {} as { approvals?: boolean },
  lock_after_minutes: 5,
};

export type StoreSettings = typeof LONDON;

export interface SaleRow {
  id: string;
  receipt_number: string;
  total: number;
  [other: string]: unknown;
}

export interface Place {
  id: string;
  name: string;
}

export class Shop {
  private constructor(
    readonly api: APIRequestContext,
    readonly store: Place,
    readonly registers: Place[],
  ) {}

  /** A gift shop in London, or one whose store is otherwise. */
  static async open(address: string, otherwise: Partial<StoreSettings> = {}): Promise<Shop> {
    const api = await request.newContext({ baseURL: address });
    const setup = await api.post('/api/setup', {
      data: {
        organisation_name: 'Camden Gifts',
        owner: { name: 'Olu', ...OWNER },
        store: { ...LONDON, ...otherwise },
        standard_tax: { name: 'VAT', percent: '20' },
      },
    });
    expect(setup.ok(), await setup.text()).toBe(true);
    const [store] = (await answer(api.get('/api/stores'))) as Place[];
    if (store === undefined) {
      throw new Error('the set-up made no store');
    }
    const shop = new Shop(api, store, []);
    await shop.hire('Priya', 'cashier', PINS.Priya);
    await shop.hire('Mia', 'manager', PINS.Mia);
    await shop.stock();
    return shop;
  }

  async hire(name: string, role: string, pin: string): Promise<void> {
    await answer(this.api.post('/api/staff', { data: { name, role, pin } }));
  }

  private async stock(): Promise<void> {
    const rows = GOODS.map((good) => [
      good.sku,
      `"${good.name}"`,
      good.price,
      'barcode' in good ? good.barcode : '',
      'unit' in good ? good.unit : 'piece',
    ].join(','));
    await this.bring(['sku,name,price,barcode,unit', ...rows].join('\n') + '\n');
  }

  /** Imports products. */
  async bring(csv: string): Promise<void> {
    const report = (await answer(
      this.api.post('/api/products/import?dry_run=false', { data: csv, headers: { 'content-type': 'text/csv' } }),
    )) as { written: boolean };
    expect(report.written, JSON.stringify(report)).toBe(true);
  }

  /** A register without a tablet: the one the set-up made, then new ones. */
  async addRegister(): Promise<Place> {
    const existing = (await answer(this.api.get('/api/registers'))) as Place[];
    const taken = this.registers.map((register) => register.id);
    const name = `Register ${this.registers.length + 1}`;
    const register =
      existing.find((candidate) => !taken.includes(candidate.id)) ??
      ((await answer(this.api.post('/api/registers', { data: { store_id: this.store.id, name } }))) as Place);
    this.registers.push(register);
    return register;
  }

  /** A code to pair a tablet with. */
  async pairingCode(register: Place): Promise<string> {
    const made = (await answer(this.api.post('/api/pairing-codes', { data: { register_id: register.id } }))) as {
      code: string;
    };
    return made.code;
  }

  async devices(): Promise<{ id: string; unsent: number; last_sequence: number; revoked: boolean }[]> {
    return (await answer(this.api.get('/api/devices'))) as {
      id: string;
      unsent: number;
      last_sequence: number;
      revoked: boolean;
    }[];
  }

  async revoke(device: string): Promise<void> {
    await answer(this.api.post(`/api/devices/${device}/revoke`));
  }

  /** Every sale in the books, or those of a day of the shop, newest or oldest first as the server gives them. */
  async sales(day?: string): Promise<SaleRow[]> {
    const rows: SaleRow[] = [];
    let after: string | undefined;
    do {
      const asked = Object.entries({ day, after }).filter((pair): pair is [string, string] => pair[1] !== undefined);
      const page = (await answer(this.api.get('/api/sales', { params: Object.fromEntries(asked) }))) as { rows: SaleRow[]; next?: string };
      rows.push(...page.rows);
      after = page.next;
    } while (after !== undefined);
    return rows;
  }

  async sale(id: string): Promise<{ sale: Record<string, unknown>; received_at_ms: number }> {
    return (await answer(this.api.get(`/api/sales/${id}`))) as {
      sale: Record<string, unknown>;
      received_at_ms: number;
    };
  }

  /** The day of the shop at a time, as the server writes it. */
  dayOf(at_ms: number): string {
    return new Intl.DateTimeFormat('en-CA', { timeZone: LONDON.time_zone }).format(at_ms);
  }

  /** The sale of a receipt number, as it was recorded. */
  async saleOf(receiptNumber: string): Promise<Record<string, unknown>> {
    const row = (await this.sales()).find((row) => row.receipt_number === receiptNumber);
    return (await this.sale(row?.id ?? '')).sale;
  }

  /** How the sale of a receipt number was paid. */
  async tendersOf(receiptNumber: string): Promise<unknown> {
    return (await this.saleOf(receiptNumber)).tenders;
  }

  async kept(): Promise<{ id: string; reason: string; content: string; resolved: boolean }[]> {
    return (await answer(this.api.get('/api/kept'))) as {
      id: string;
      reason: string;
      content: string;
      resolved: boolean;
    }[];
  }

  /** Waits until the books hold exactly these receipts, each once, for these totals. */
  async expectBooks(receipts: { number: string; total: number }[]): Promise<void> {
    const want = receipts.map(({ number, total }) => `${number} ${total}`).sort();
    await expect
      .poll(async () => (await this.sales()).map((row) => `${row.receipt_number} ${row.total}`).sort(), {
        message: 'the books hold every sale exactly once',
        timeout: 20_000,
      })
      .toEqual(want);
  }
}

async function answer(sent: Promise<import('@playwright/test').APIResponse>): Promise<unknown> {
  const response = await sent;
  const text = await response.text();
  expect(response.ok(), `${response.url()} ${response.status()}: ${text}`).toBe(true);
  return text === '' ? undefined : JSON.parse(text);
}
