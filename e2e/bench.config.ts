import { defineConfig } from '@playwright/test';
import stories from './playwright.config.ts';

// Figures are measured one after the other, with nothing else running; `cargo xtask bench` says where they go.
export default defineConfig({
  ...stories,
  testDir: './bench',
  testMatch: '*.bench.ts',
  workers: 1,
  timeout: 20 * 60_000,
  use: { ...stories.use, trace: 'off', screenshot: 'off' },
});
