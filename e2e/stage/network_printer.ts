// Network printer: the printer behind a socket of this machine, as it stands on a shop's network: it takes bytes as they are,
// answers on the same connection, and lets one in after the other.
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Printer } from './printer.ts';

export class NetworkPrinter {
  readonly printer = new Printer('network');
  private port = 0;
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  /** Connections wait for the one before. */
  private turn: Promise<void> = Promise.resolve();

  static async start(): Promise<NetworkPrinter> {
    const printer = new NetworkPrinter();
    await printer.listen();
    return printer;
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.port };
  }

  /** Switched off, or out of the network. */
  async off(): Promise<void> {
    await this.printer.pull();
    this.sockets.forEach((socket) => socket.destroy());
    await new Promise<void>((closed) => this.server?.close(() => closed()));
  }

  async on(): Promise<void> {
    await this.printer.plug();
    await this.listen();
  }

  private async listen(): Promise<void> {
    const server = createServer((socket) => {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.sockets.delete(socket));
      socket.pause();
      this.turn = this.turn.then(() => this.serve(socket));
    });
    await new Promise<void>((listening) => server.listen(this.port, '127.0.0.1', listening));
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  private async serve(socket: Socket): Promise<void> {
    if (socket.destroyed || 'failed' in (await this.printer.call({ to: 'open' }))) {
      socket.destroy();
      return;
    }
    const ended = new Promise<void>((end) => socket.on('close', () => end()));
    void this.speak(socket);
    let writing = Promise.resolve();
    socket.on('data', (bytes: Buffer) => {
      writing = writing.then(async () => {
        const answer = await this.printer.call({ to: 'write', bytes: [...bytes] });
        if ('failed' in answer) {
          socket.resetAndDestroy();
        }
      });
    });
    socket.resume();
    await ended;
  }

  private async speak(socket: Socket): Promise<void> {
    while (!socket.destroyed) {
      const said = await this.printer.call({ to: 'read' });
      if ('failed' in said) {
        socket.destroy();
        return;
      }
      // What ends the connection in the same moment is first.
      await new Promise((later) => setImmediate(later));
      if (!socket.destroyed) {
        socket.write(Buffer.from(said.ok as number[]));
      }
    }
  }
}
