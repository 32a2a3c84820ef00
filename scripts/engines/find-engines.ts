import { dynamodb } from './dynamodb.ts';
import { elasticsearch } from './elasticsearch.ts';
import type { Engine, FoundEngine } from './engine.ts';
import { postgres } from './postgres.ts';
import { rabbitmq } from './rabbitmq.ts';
import { redis } from './redis.ts';
import { s3 } from './s3.ts';
import { startContainer } from './start-container.ts';

/** Every engine; a new one is a file here and a name in this list. */
export const ENGINES: readonly Engine[] = [dynamodb, postgres, rabbitmq, redis, elasticsearch, s3];

/** Of the longest name, so that what is said stands in columns. */
const WIDTH = Math.max(...ENGINES.map(({ name }) => name.length));

export interface Engines {
  /** The addresses, as the tests take them. */
  env: Record<string, string>;
  /** Engines that could not be used and were not allowed to be missing. */
  missing: string[];
  stop(): Promise<void>;
}

/**
 * Looks for each engine where its variable says, else in its usual place, else starts it by Docker; says what it
 * found, with versions, or why there is none.
 */
export async function findEngines(
  engines: readonly Engine[],
  given: Readonly<Record<string, string | undefined>>,
  allowMissing: readonly string[],
  say: (line: string) => void,
  start: typeof startContainer = startContainer,
): Promise<Engines> {
  const env: Record<string, string> = {};
  const missing: string[] = [];
  const started: FoundEngine[] = [];
  for (const engine of engines) {
    try {
      const found = await findOrStart(engine, given[engine.variable] || undefined, start);
      env[engine.variable] = found.address;
      if (found.stop) started.push(found);
      say(`  ${engine.name.padEnd(WIDTH)} ${found.version} at ${withoutPassword(found.address)}`);
    } catch (error) {
      const reason = `${reasonOf(error)} (${engine.variable}, or ${engine.usually})`;
      if (allowMissing.includes(engine.name)) say(`  ${engine.name.padEnd(WIDTH)} left out: ${reason}`);
      else {
        missing.push(engine.name);
        say(
          `  ${engine.name.padEnd(WIDTH)} MISSING: ${reason}; --allow-missing ${engine.name} leaves it out`,
        );
      }
    }
  }
  return {
    env,
    missing,
    async stop() {
      await Promise.all(started.map((found) => found.stop?.()));
    },
  };
}

/** One that was asked for by its address is not replaced by another. */
async function findOrStart(
  engine: Engine,
  address: string | undefined,
  start: typeof startContainer,
): Promise<FoundEngine> {
  if (address !== undefined) return await engine.find(address);
  let reason: unknown;
  try {
    return await engine.find(undefined);
  } catch (error) {
    reason = error;
  }
  const container = await start(engine.container).catch((error: unknown) => {
    throw new Error(`${reasonOf(reason)}; by Docker: ${reasonOf(error)}`, { cause: error });
  });
  try {
    const { version } = await engine.find(container.address);
    return { address: container.address, version: `${version} (Docker)`, stop: container.stop };
  } catch (error) {
    await container.stop();
    throw error;
  }
}

/** A refused connection to a name with two addresses is an AggregateError without a message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : error.name;
  return error.message || code;
}

function withoutPassword(address: string): string {
  return address.replace(/\/\/([^:@/]*):[^@/]*@/, '//$1:…@');
}
