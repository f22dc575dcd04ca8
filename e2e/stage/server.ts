// Server: the real binary with books of its own, started, killed and started again as a story needs it.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const binary = process.env.TILLBRIDGE_BINARY ?? join(import.meta.dirname, '../../target/debug/tillbridge');

/** A port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      probe.close(() => found(port));
    });
  });
}

export interface Books {
  /** `postgres://…`; a SQLite file in a folder of its own when left out. */
  database?: string;
  /** Settings as variables. */
  settings?: Record<string, string>;
}

export class Server {
  readonly address: string;
  private process: ChildProcess | undefined;
  private said = '';

  private constructor(
    readonly folder: string,
    private readonly port: number,
    private readonly books: Books,
  ) {
    this.address = `http://127.0.0.1:${port}`;
  }

  static async start(books: Books = {}): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'tillbridge-e2e-'));
    const server = new Server(folder, await freePort(), books);
    await server.begin();
    return server;
  }

  /** Starts it on the same port with the same books. */
  async begin(): Promise<void> {
    const flags = ['serve', '--data', this.folder, '--listen', `127.0.0.1:${this.port}`, '--log-level', 'warn'];
    const environment = { ...process.env, ...this.books.settings };
    delete environment.TILLBRIDGE_BINARY;
    if (this.books.database !== undefined) {
      environment.TILLBRIDGE_DATABASE = this.books.database;
    }
    const child = spawn(binary, flags, { cwd: this.folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    this.process = child;
    const keep = (text: Buffer): void => {
      this.said = (this.said + text.toString()).slice(-20_000);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    const until = Date.now() + 30_000;
    while (!(await this.isReady())) {
      if (child.exitCode !== null || Date.now() > until) {
        throw new Error(`the server did not start (exit ${child.exitCode}): ${this.said}`);
      }
      await new Promise((later) => setTimeout(later, 25));
    }
  }

  private async isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.address}/ready`, { signal: AbortSignal.timeout(1_000) })).ok;
    } catch {
      return false;
    }
  }

  /** What it logged last. */
  log(): string {
    return this.said;
  }

  /** `kill -9`: nothing is finished, nothing is written any more. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
      return;
    }
    const gone = new Promise<void>((exit) => {
      child.once('exit', () => exit());
    });
    child.kill(signal);
    await gone;
  }

  /** Ends it and forgets its books. */
  async close(): Promise<void> {
    await this.end('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}
