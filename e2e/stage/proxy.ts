// Proxy: a bad connection between tablet and server, as bad as a story wants it.
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What becomes of a request: carried over, carried over but the answer lost, or lost itself. */
export type Fate = 'carried' | 'answer lost' | 'lost';

export class Proxy {
  /** Decides about each request; changed while a story goes on. */
  fate: (method: string, path: string) => Fate = () => 'carried';
  /** Paths whose answers were lost. */
  readonly lost: string[] = [];
  /** Called when a request has reached the server, before its answer is passed on. */
  answered: (path: string) => Promise<void> = async () => {};

  private constructor(
    readonly address: string,
    private readonly stop: () => Promise<void>,
  ) {}

  static async before(target: string): Promise<Proxy> {
    let proxy: Proxy | undefined;
    const sockets = new Set<Socket>();
    const server = createServer((from, to) => {
      if (proxy !== undefined) {
        carry(proxy, target, from, to);
      }
    });
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    proxy = new Proxy(`http://127.0.0.1:${port}`, () => new Promise((closed) => {
      sockets.forEach((socket) => socket.destroy());
      server.close(() => closed());
    }));
    return proxy;
  }

  async close(): Promise<void> {
    await this.stop();
  }
}

function carry(proxy: Proxy, target: string, from: IncomingMessage, to: ServerResponse): void {
  const path = from.url ?? '/';
  const fate = proxy.fate(from.method ?? 'GET', path);
  if (fate === 'lost') {
    proxy.lost.push(path);
    to.destroy();
    return;
  }
  const at = new URL(target);
  const carried = forward(
    { host: at.hostname, port: at.port, method: from.method, path, headers: from.headers },
    (answer) => {
      void proxy.answered(path).then(() => {
        if (fate === 'answer lost') {
          proxy.lost.push(path);
          answer.resume();
          to.destroy();
          return;
        }
        to.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(to);
      });
    },
  );
  carried.on('error', () => to.destroy());
  to.on('close', () => carried.destroy());
  from.pipe(carried);
}
