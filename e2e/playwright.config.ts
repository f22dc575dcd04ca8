import { defineConfig } from '@playwright/test';

// Debian's Chromium is used as it is: Playwright brings no browser of its own here. Every story starts the
// servers it needs (the binary's path is in TILLBRIDGE_BINARY) and picks free ports, so stories may run side by side.
const inCi = process.env.CI !== undefined;

export default defineConfig({
  testDir: './stories',
  outputDir: './test-results',
  fullyParallel: false,
  workers: 2,
  // A story that passes only on a second try has found something: it fails.
  retries: 0,
  forbidOnly: inCi,
  // A machine that does other things at once takes three times as long; a story that hangs is ended all the same.
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
    },
  },
});
