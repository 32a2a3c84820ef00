import { dynamodb } from './dynamodb.ts';
import type { Engine, FoundEngine } from './engine.ts';
import { postgres } from './postgres.ts';
import { rabbitmq } from './rabbitmq.ts';
import { redis } from './redis.ts';

/** Every engine; a new one is a file here and a name in this list. */
export const ENGINES: readonly Engine[] = [dynamodb, postgres, rabbitmq, redis];

export interface Engines {
  /** The addresses, as the tests take them. */
  env: Record<string, string>;
  /** Engines that could not be used and were not allowed to be missing. */
  missing: string[];
  stop(): Promise<void>;
}

/** Looks for each engine and says what it found, with versions, or why there is none. */
export async function findEngines(
  engines: readonly Engine[],
  given: Readonly<Record<string, string | undefined>>,
  allowMissing: readonly string[],
  say: (line: string) => void,
): Promise<Engines> {
  const env: Record<string, string> = {};
  const missing: string[] = [];
  const started: FoundEngine[] = [];
  for (const engine of engines) {
    try {
      const found = await engine.find(given[engine.variable] || undefined);
      env[engine.variable] = found.address;
      if (found.stop) started.push(found);
      say(`  ${engine.name.padEnd(9)} ${found.version} at ${withoutPassword(found.address)}`);
    } catch (error) {
      const reason = `${reasonOf(error)} (${engine.variable}, or ${engine.usually})`;
      if (allowMissing.includes(engine.name)) say(`  ${engine.name.padEnd(9)} left out: ${reason}`);
      else {
        missing.push(engine.name);
        say(`  ${engine.name.padEnd(9)} MISSING: ${reason}; --allow-missing ${engine.name} leaves it out`);
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

/** A refused connection to a name with two addresses is an AggregateError without a message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : error.name;
  return error.message || code;
}

function withoutPassword(address: string): string {
  return address.replace(/\/\/([^:@/]*):[^@/]*@/, '//$1:…@');
}
