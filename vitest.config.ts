import { defineConfig } from 'vitest/config';

// `npm test` needs npm alone; tests that need a real engine or a browser have their own commands.
const needs = { engine: '**/*.engine.test.ts', browser: '**/*.browser.test.ts' };
const only = process.env.BUTIK_TESTS;

export default defineConfig({
  test: {
    include: only === 'engine' ? [needs.engine] : only === 'browser' ? [needs.browser] : ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/.butik/**', ...(only ? [] : Object.values(needs))],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
  },
});
