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

  /** Changes the text of a file on its way; for everything else it gives nothing. */
  rewrite: ((path: string, text: string) => string) | undefined;

  private constructor(
    readonly address: string,
    /** Where requests go. */
    public target: string,
    private readonly stop: () => Promise<void>,
  ) {}

  static async before(target: string): Promise<Proxy> {
    let proxy: Proxy | undefined;
    const sockets = new Set<Socket>();
    const server = createServer((from, to) => {
      if (proxy !== undefined) {
        carry(proxy, from, to);
      }
    });
    server.on('connection', (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    proxy = new Proxy(`http://127.0.0.1:${port}`, target, () => new Promise((closed) => {
      sockets.forEach((socket) => socket.destroy());
      server.close(() => closed());
    }));
    return proxy;
  }

  async close(): Promise<void> {
    await this.stop();
  }
}

function carry(proxy: Proxy, from: IncomingMessage, to: ServerResponse): void {
  const path = from.url ?? '/';
  const fate = proxy.fate(from.method ?? 'GET', path);
  if (fate === 'lost') {
    proxy.lost.push(path);
    to.destroy();
    return;
  }
  const at = new URL(proxy.target);
  const carried = forward(
    { host: at.hostname, port: at.port, method: from.method, path, headers: headersOf(proxy, from) },
    (answer) => {
      void proxy.answered(path).then(() => {
        if (fate === 'answer lost') {
          proxy.lost.push(path);
          answer.resume();
          to.destroy();
          return;
        }
        if (proxy.rewrite !== undefined && path === '/service_worker.js') {
          rewritten(proxy.rewrite, path, answer, to);
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

/** What is to be rewritten must come as it is: not packed, not "unchanged". */
function headersOf(proxy: Proxy, from: IncomingMessage): IncomingMessage['headers'] {
  if (proxy.rewrite === undefined) {
    return from.headers;
  }
  const headers = { ...from.headers };
  delete headers['accept-encoding'];
  delete headers['if-none-match'];
  delete headers['if-modified-since'];
  return headers;
}

function rewritten(
  rewrite: (path: string, text: string) => string,
  path: string,
  answer: IncomingMessage,
  to: ServerResponse,
): void {
  const parts: Buffer[] = [];
  answer.on('data', (part: Buffer) => parts.push(part));
  answer.on('end', () => {
    const text = rewrite(path, Buffer.concat(parts).toString());
    const headers = { ...answer.headers };
    delete headers['content-length'];
    delete headers.etag;
    to.writeHead(answer.statusCode ?? 502, headers);
    to.end(text);
  });
}
