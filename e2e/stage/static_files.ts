// Static files: the built front end behind a plain file server, with the page policy and the two pages of the real one.
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const dist = join(import.meta.dirname, '../../frontend/dist');

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};

const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'";

export interface StaticFiles {
  address: string;
  close(): Promise<void>;
}

/** Serves `frontend/dist`; every path without a file of its own is one of the two apps'. */
export async function staticFiles(): Promise<StaticFiles> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://here').pathname);
    const known = extname(path) !== '' && existsSync(join(dist, path));
    if (path.startsWith('/api/') || (extname(path) !== '' && !known)) {
      response.writeHead(404).end();
      return;
    }
    const page = /^\/(manage|setup|sign-in)(\/|$)/.test(path) ? 'manage.html' : 'index.html';
    const file = join(dist, known ? path : page);
    const type = types[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-security-policy': policy });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    close: () => new Promise((closed) => {
      server.closeAllConnections();
      server.close(() => closed());
    }),
  };
}
