import { defineConfig } from 'vitest/config';

const common = {
  // Forked processes, not threads: SoftHSM reads SOFTHSM2_CONF from the environment of its process.
  pool: 'forks',
  isolate: false,
  hookTimeout: 60_000,
  testTimeout: 30_000,
} as const;
const elsewhere = ['**/node_modules/**', '**/.svelte-kit/**', 'build/**', 'var/**'];
const pkcs11 = ['connectors/**/*.test.ts', 'worker/**/*.test.ts'];
const system = ['test/system/**/*.test.ts', 'test/e2e/**/*.test.ts'];

/**
 * `parts`: each folder by itself, side by side. `pkcs11`: the same, but each file in a process of its own, as a process initialises SoftHSM
 * once and with one configuration. `system`: everything running, one file after the other.
 */
export default defineConfig({
  test: {
    // At the end the whole system is searched for secrets (test/system/setup.ts).
    teardownTimeout: 180_000,
    projects: [
      {
        test: {
          ...common,
          name: 'parts',
          include: ['**/*.test.ts'],
          exclude: [...elsewhere, ...pkcs11, ...system],
          globalSetup: './test/global-setup.ts',
        },
      },
      { test: { ...common, name: 'pkcs11', include: pkcs11, exclude: elsewhere, isolate: true, globalSetup: './test/global-setup.ts' } },
      {
        test: {
          ...common,
          name: 'system',
          include: system,
          exclude: elsewhere,
          fileParallelism: false,
          testTimeout: 120_000,
          globalSetup: './test/system/setup.ts',
        },
      },
    ],
  },
});
