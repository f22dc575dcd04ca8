// Web printer: a receipt printer that takes HTTP, as it stands on a shop's network and calls itself by its maker's documents: Epson's
// ePOS-Print XML User's Manual, Star's webPRNT User's Manual. It answers pages of other sites (CORS), as those do.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type Paper, read } from './paper.ts';

export type Maker = 'epson' | 'star';

export class WebPrinter {
  private readonly printed: number[] = [];
  private hasPaper = true;
  private isCoverOpen = false;
  private losesAnswers = false;
  private port = 0;
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  /** What was posted, refused or not. */
  posts = 0;
  /** Sites whose pages have asked whether they may. */
  readonly origins = new Set<string>();

  private constructor(readonly maker: Maker) {}

  static async start(maker: Maker): Promise<WebPrinter> {
    const printer = new WebPrinter(maker);
    await printer.on();
    return printer;
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.port };
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What lies on the counter, of one that is told in ESC/POS. */
  paper(): Paper {
    return read(this.printed);
  }

  /** What was printed, byte by letter. */
  text(): string {
    return Buffer.from(this.printed).toString('latin1');
  }

  putPaper(is: boolean): void {
    this.hasPaper = is;
  }

  openCover(is: boolean): void {
    this.isCoverOpen = is;
  }

  /** It prints, and the network breaks before its answer. */
  loseAnswers(is: boolean): void {
    this.losesAnswers = is;
  }

  async on(): Promise<void> {
    const server = createServer((request, response) => void this.answer(request, response));
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
    await new Promise<void>((listening) => server.listen(this.port, '127.0.0.1', listening));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  async off(): Promise<void> {
    this.sockets.forEach((socket) => socket.destroy());
    await new Promise<void>((closed) => this.server?.close(() => closed()));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('access-control-allow-origin', '*');
    // Such small servers hold no connection: a browser that had one would send a post again by itself when it breaks.
    response.setHeader('connection', 'close');
    this.origins.add(request.headers.origin ?? '');
    if (request.method === 'OPTIONS') {
      response.setHeader('access-control-allow-methods', 'POST, OPTIONS');
      response.setHeader('access-control-allow-headers', 'Content-Type, SOAPAction, If-Modified-Since');
      response.writeHead(200).end();
      return;
    }
    const url = new URL(request.url ?? '/', this.origin);
    const path = this.maker === 'epson' ? '/cgi-bin/epos/service.cgi' : '/StarWebPRNT/SendMessage';
    if (request.method !== 'POST' || url.pathname !== path || !/^text\/xml/.test(request.headers['content-type'] ?? '')) {
      response.writeHead(404).end();
      return;
    }
    const parts: Buffer[] = [];
    for await (const part of request) {
      parts.push(part as Buffer);
    }
    this.posts += 1;
    const body = Buffer.concat(parts).toString('utf8');
    const before = this.printed.length;
    const text = this.maker === 'epson' ? this.epson(url.searchParams, body) : this.star(body);
    if (this.losesAnswers && this.printed.length > before) {
      request.socket.destroy();
      return;
    }
    response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' }).end(text);
  }

  private get isReady(): boolean {
    return this.hasPaper && !this.isCoverOpen;
  }

  /** A document that is none of its own is refused; bytes are printed before it answers. */
  private epson(asked: URLSearchParams, body: string): string {
    const inside = /^<\?xml version="1\.0" encoding="utf-8"\?><s:Envelope xmlns:s="http:\/\/schemas\.xmlsoap\.org\/soap\/envelope\/"><s:Body><epos-print xmlns="http:\/\/www\.epson-pos\.com\/schemas\/2011\/03\/epos-print">(?:<command>((?:[0-9a-f]{2})+)<\/command>)?<\/epos-print><\/s:Body><\/s:Envelope>$/.exec(body);
    let [success, code] = [true, ''];
    if (inside === null) {
      [success, code] = [false, 'SchemaError'];
    } else if (asked.get('devid') !== 'local_printer') {
      [success, code] = [false, 'DeviceNotFound'];
    } else if (!this.hasPaper) {
      [success, code] = [false, 'EPTR_REC_EMPTY'];
    } else if (this.isCoverOpen) {
      [success, code] = [false, 'EPTR_COVER_OPEN'];
    } else {
      this.printed.push(...Buffer.from(inside[1] ?? '', 'hex'));
    }
    const bits = 0x0f000014 | (success ? 0x2 : 0) | (this.isReady ? 0 : 0x8) | (this.isCoverOpen ? 0x20 : 0) | (this.hasPaper ? 0 : 0xc0000);
    const answer = `<response xmlns="http://www.epson-pos.com/schemas/2011/03/epos-print" success="${success}" code="${code}" status="${bits}" battery="0"/>`;
    return `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>${answer}</soapenv:Body></soapenv:Envelope>`;
  }

  private star(body: string): string {
    const inside = /^<StarWebPrint xmlns="http:\/\/www\.star-m\.jp" xmlns:i="http:\/\/www\.w3\.org\/2001\/XMLSchema-instance"><Request>(.*)<\/Request><\/StarWebPrint>$/s.exec(body);
    const root = (inside?.[1] ?? '').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    // Any number of elements; beginning anew is one of its own, and must not stand in raw data.
    const asked = /^<root>((?:<initialization\/>|<rawdata>[A-Za-z0-9+/]+=*<\/rawdata>)*)<\/root>$/.exec(root);
    const raw = [...(asked?.[1] ?? '').matchAll(/<rawdata>(.*?)<\/rawdata>/g)].map(([, data]) => Buffer.from(data ?? '', 'base64'));
    const success = asked !== null && this.isReady && raw.every((data) => !data.includes('\x1b@', 0, 'latin1'));
    if (success) {
      raw.forEach((data) => this.printed.push(...data));
    }
    const states = [(this.isReady ? 0 : 0x08) | (this.isCoverOpen ? 0x20 : 0), 0, 0, this.hasPaper ? 0 : 0x08, 0, 0, 0, 0, 0];
    const status = Buffer.from([0x23, 0x86, ...states]).toString('hex');
    const said = `<root><success>${success}</success><code>${success ? 0 : 1100}</code><status>${status}</status></root>`;
    const escaped = said.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    return `<StarWebPrint xmlns="http://www.star-m.jp" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><Response>${escaped}</Response></StarWebPrint>`;
  }
}
