import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createMetrics } from '../../hub/src/kernel/telemetry/create-metrics.ts';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');

interface RuleFile {
  groups: { rules: { alert: string; expr: string; annotations: { summary: string; action: string } }[] }[];
}
interface Dashboard {
  title: string;
  panels: { title: string; targets: { expr: string }[] }[];
  templating: { list: { query: { query: string } }[] };
}

const rules = filesIn(join(here, 'rules'), '.yml').flatMap((file) =>
  (parse(readFileSync(file, 'utf8')) as RuleFile).groups.flatMap((group) => group.rules),
);
const dashboards = filesIn(join(root, 'ops/grafana/dashboards'), '.json').map(
  (file) => JSON.parse(readFileSync(file, 'utf8')) as Dashboard,
);
const exposed = new Set([...namesInCode(), ...namesOfProcess()]);

test.each(rules.map(({ alert, expr }) => [alert, expr]))(
  'the alert %s looks at metrics that exist',
  (_, expr) => {
    expect(namesIn(expr!).filter((name) => !exposed.has(name))).toEqual([]);
    expect(expr).toMatch(/butik_|nodejs_|up\{/);
  },
);

test.each(rules.map((rule) => [rule.alert, rule] as const))(
  'the alert %s says what to do',
  (_, { annotations }) => {
    expect(annotations.summary).not.toBe('');
    expect(annotations.action).not.toBe('');
  },
);

test.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))(
  'the dashboard %s shows metrics that exist',
  (_, { panels, templating }) => {
    const queries = [
      ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
      ...templating.list.map(({ query }) => query.query),
    ];
    expect(queries.flatMap(namesIn).filter((name) => !exposed.has(name))).toEqual([]);
    expect(queries.length).toBeGreaterThan(5);
  },
);

test('every alert has a test of promtool that sees it fire', () => {
  const tested = filesIn(join(here, 'tests'), '.yml')
    .map((file) => readFileSync(file, 'utf8'))
    .join();
  expect(
    rules.filter(({ alert }) => !tested.includes(`alertname="${alert}"`)).map(({ alert }) => alert),
  ).toEqual([]);
});

/** Names of metrics in a query, those of a histogram's series as the histogram's. */
function namesIn(query: string): string[] {
  const names = query.match(/\b(?:butik|nodejs|process)_[a-z0-9_]+/g) ?? [];
  return names.map((name) =>
    name.replace(/_(?:bucket|count|sum)$/, (suffix) => (exposed.has(name) ? suffix : '')),
  );
}

/** What the code registers: a name is in quotes there, or the key of a gauge. */
function namesInCode(): string[] {
  const files = ['hub/src', 'edge/src', 'proto/src'].flatMap((folder) => filesIn(join(root, folder), '.ts'));
  return files
    .filter((file) => !/\.test\.ts$|\.contract\.ts$/.test(file))
    .flatMap((file) => [
      ...readFileSync(file, 'utf8').matchAll(/'(butik_[a-z0-9_]+)'|\b(butik_[a-z0-9_]+): \{/g),
    ])
    .map(([, quoted, key]) => quoted ?? key ?? '');
}

function namesOfProcess(): string[] {
  const metrics = createMetrics({ service: 'hub', version: '1' });
  return metrics.getMetricsAsArray().map(({ name }) => name);
}

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name));
}
