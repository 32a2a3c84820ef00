import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const files = readdirSync(here).filter((name) => name.endsWith('.Dockerfile'));
const lock = parse(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')) as {
  importers: Record<string, Record<string, Record<string, { version: string }>>>;
};

describe.each(files)('%s', (file) => {
  const instructions = readInstructions(join(here, file));
  const stages = instructions.filter(({ name }) => name === 'FROM').map(({ text }) => text.split(' AS '));
  const last = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'));
  const of = (name: string, among = instructions) =>
    among.filter((one) => one.name === name).map(({ text }) => text);

  test('stands on the Node that the project pins, and installs with its pnpm by the lock file', () => {
    const node = lock.importers['.']!.devDependencies!.node!.version;
    for (const [image] of stages) expect(image).toBe(`node:${node}-bookworm-slim`);
    const pnpm = /pnpm@[\d.]+/.exec(readFileSync(join(root, 'scripts/run.mjs'), 'utf8'))![0];
    const installs = of('RUN').filter((text) => text.includes('pnpm@'));
    expect(installs.length).toBeGreaterThan(0);
    for (const text of installs) expect(text).toContain(`${pnpm} install --frozen-lockfile`);
  });

  test('copies what there is, and every package of ours that it needs', () => {
    const copied = of('COPY').filter((text) => !text.startsWith('--from='));
    const sources = copied.flatMap((text) => text.split(' ').slice(0, -1));
    for (const source of sources) expect(existsSync(join(root, source)), source).toBe(true);
    for (const stage of of('COPY').flatMap((text) => /(?<=--from=)\w+/.exec(text)?.[0] ?? [])) {
      expect(stages.map(([, name]) => name)).toContain(stage);
    }
    const name = file.replace('.Dockerfile', '');
    for (const needed of [name, ...ownPackagesOf(name)]) {
      expect(sources).toEqual(expect.arrayContaining([`${needed}/package.json`, `${needed}/src`]));
    }
  });

  test('runs as a user without rights, says whether it is well, and starts what there is', () => {
    expect(of('USER', last)).toEqual(['node']);
    expect(of('HEALTHCHECK', last)).toHaveLength(1);
    const [entry] = of('ENTRYPOINT', last);
    const [node, script] = JSON.parse(entry!) as string[];
    expect(node).toBe('node');
    expect(existsSync(join(root, script!))).toBe(true);
    expect(of('ADD')).toEqual([]);
    expect(instructions.map(({ text }) => text).join('\n')).not.toMatch(/PASSWORD|TOKEN|SECRET|sudo|curl/);
  });
});

/** Packages of ours that one depends on, by whatever way. */
function ownPackagesOf(name: string): string[] {
  const { dependencies } = JSON.parse(readFileSync(join(root, name, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const own = Object.keys(dependencies ?? {}).flatMap((one) => /(?<=^@butik\/).+/.exec(one) ?? []);
  return [...new Set(own.flatMap((one) => [one, ...ownPackagesOf(one)]))];
}

function readInstructions(file: string): { name: string; text: string }[] {
  const whole = readFileSync(file, 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '');
  return [...whole.matchAll(/^([A-Z]+) (.*)$/gm)].map(([, name, text]) => ({ name: name!, text: text! }));
}
