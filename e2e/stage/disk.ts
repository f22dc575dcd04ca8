// Disk: how often a tablet's browser has the disk make sure of its database, as strace sees it.
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A flush of the log that the browser's database writes first; what else a browser keeps safe is not counted. */
const FLUSH = /\bf(?:data)?sync\(\d+<[^>]*\/IndexedDB\/[^>]*\.log>/g;

export class Disk {
  private constructor(private readonly folder: string) {}

  /** What to start a tablet with. Without strace that tablet does not start. */
  static async watched(): Promise<Disk> {
    const disk = new Disk(await mkdtemp(join(tmpdir(), 'tillbridge-disk-')));
    // The browser keeps its process number (-D) and stops for nothing but flushes; -y names the file of each.
    const strace = 'strace -D -f --seccomp-bpf -y -qq -e trace=fdatasync,fsync';
    const browser = process.env.CHROMIUM ?? '/usr/bin/chromium';
    await writeFile(disk.browser, `#!/bin/sh\nexec ${strace} -o '${disk.trace}' '${browser}' "$@"\n`);
    await chmod(disk.browser, 0o755);
    return disk;
  }

  /** The program to start as a tablet's browser. */
  get browser(): string {
    return join(this.folder, 'browser');
  }

  private get trace(): string {
    return join(this.folder, 'trace');
  }

  /** Flushes of the database so far. */
  async flushes(): Promise<number> {
    const text = await readFile(this.trace, 'utf8');
    return text.match(FLUSH)?.length ?? 0;
  }

  async forget(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
