// Tryton: the running ERP that `cargo xtask test` hands to the stories, asked in its own words.
import { expect } from '@playwright/test';

interface Access {
  address: string;
  database: string;
  user: string;
  password: string;
}

export class Tryton {
  private session = '';

  private constructor(readonly access: Access) {}

  /** None where no ERP is there: then the story is not told, and in CI that is a failure. */
  static async find(): Promise<Tryton | undefined> {
    const told = process.env.TILLBRIDGE_TEST_TRYTON;
    if (told === undefined) {
      expect(process.env.CI, 'TILLBRIDGE_TEST_TRYTON must be set in CI: `cargo xtask test` sets it').toBeUndefined();
      return undefined;
    }
    const tryton = new Tryton(JSON.parse(told) as Access);
    await tryton.signIn();
    return tryton;
  }

  private async signIn(): Promise<void> {
    const { user, password } = this.access;
    const [id, token] = (await this.call('common.db.login', [user, { password }, 'en'])) as [number, string];
    this.session = Buffer.from(`${user}:${id}:${token}`).toString('base64');
  }

  private async call(method: string, params: unknown[]): Promise<unknown> {
    const answer = await fetch(`${this.access.address}/${this.access.database}/rpc/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(this.session && { authorization: `Session ${this.session}` }) },
      body: JSON.stringify({ id: 0, method, params }),
    });
    const body = (await answer.json()) as { result?: unknown; error?: unknown };
    expect(body.error).toBeUndefined();
    return body.result;
  }

  /** The sales whose number begins so: their state and total. */
  async sales(receipt: string): Promise<{ state: string; total: string }[]> {
    const domain = [['number', 'like', `${receipt}/%`]];
    const params = [domain, 0, 10, null, ['state', 'total'], { company: 1 }];
    const found = (await this.call('model.sale.point.sale.search_read', params)) as {
      state: string;
      total: { decimal: string };
    }[];
    return found.map((sale) => ({ state: sale.state, total: Number(sale.total.decimal).toFixed(2) }));
  }

  /** A product: its name, and the number of its template. */
  async product(code: string): Promise<{ name: string; template: number }> {
    const params = [[['code', '=', code]], 0, 1, null, ['name', 'template'], { company: 1 }];
    const found = (await this.call('model.product.product.search_read', params)) as { name: string; template: number }[];
    const [product] = found;
    if (product === undefined) {
      throw new Error(`Tryton has no product ${code}`);
    }
    return product;
  }

  /** Somebody gives a product another name there. */
  async rename(code: string, name: string): Promise<void> {
    const { template } = await this.product(code);
    await this.call('model.product.template.write', [[template], { name }, { company: 1 }]);
  }
}
