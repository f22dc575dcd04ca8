// Server: a Vendure in memory. What it holds comes from the file SEEDED when that is there, and is never written
// back by itself. Two calls of our own, for tests: POST /peer/keep writes the file, POST /peer/reset loads it again.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
// The packages are installed outside the project; Node looks for them beside this file otherwise.
const core = require(require.resolve('@vendure/core', { paths: [process.env.PACKAGES] }));

const seeded = process.env.SEEDED;
const read = () => (fs.existsSync(seeded) ? new Uint8Array(fs.readFileSync(seeded)) : new Uint8Array([]));

let app;
const own = (route, act) => ({
  route: `/peer/${route}`,
  handler: (_request, response) => {
    act(app.get(core.TransactionalConnection).rawConnection.driver).then(
      () => response.status(204).end(),
      error => response.status(500).end(String(error)),
    );
  },
});

const config = {
  apiOptions: {
    hostname: '127.0.0.1',
    port: Number(process.env.PORT),
    adminApiPath: 'admin-api',
    shopApiPath: 'shop-api',
    middleware: [
      own('keep', async driver => fs.writeFileSync(seeded, Buffer.from(driver.export()))),
      own('reset', driver => driver.load(read())),
    ],
  },
  authOptions: {
    tokenMethod: ['bearer', 'api-key'],
    superadminCredentials: { identifier: 'superadmin', password: process.env.PASSWORD },
    cookieOptions: { secret: process.env.PASSWORD },
    requireVerification: false,
  },
  dbConnectionOptions: {
    type: 'sqljs',
    database: read(),
    autoSave: false,
    synchronize: !fs.existsSync(seeded),
  },
  paymentOptions: { paymentMethodHandlers: [core.dummyPaymentHandler] },
  // Vendure itself knows no barcodes; shops add them as a field of their own.
  customFields: { ProductVariant: [{ name: 'barcode', type: 'string', public: true }] },
  importExportOptions: { importAssetsDir: path.dirname(seeded) },
  logger: new core.DefaultLogger({ level: core.LogLevel.Warn, timestamp: false }),
  plugins: [core.DefaultJobQueuePlugin.init({}), core.DefaultSearchPlugin.init({})],
};

core
  .bootstrap(config)
  .then(async started => {
    app = started;
    await app.get(core.JobQueueService).start();
    process.on('SIGTERM', () => process.exit(0));
  })
  .catch(error => {
    console.error(error);
    process.exit(1);
  });
