// PostgreSQL: an empty database on the server the tests were given.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

/** Its address. Without TILLBRIDGE_TEST_POSTGRES a story on PostgreSQL fails: it must not pass untold. */
export function freshDatabase(): string {
  const server = process.env.TILLBRIDGE_TEST_POSTGRES;
  if (server === undefined) {
    throw new Error('TILLBRIDGE_TEST_POSTGRES is not set: run the stories with `cargo xtask test --only e2e`');
  }
  const name = `e2e_${randomBytes(8).toString('hex')}`;
  execFileSync('psql', [server, '--quiet', '--no-psqlrc', '--command', `CREATE DATABASE ${name}`]);
  return server.replace(/\/[^/]*$/, `/${name}`);
}
