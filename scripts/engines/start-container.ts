import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { EngineContainer } from './engine.ts';

const COMPOSE = join(import.meta.dirname, '../../docker-compose.yml');
/** The first time includes fetching the image. */
const START_TIMEOUT_MS = 300_000;

/** Starts an engine by Docker at a free port. Throws when there is no Docker, or it does not get ready. */
export async function startContainer(
  engine: EngineContainer,
): Promise<{ address: string; stop(): Promise<void> }> {
  // Loaded only here: most machines find their engines without it.
  const { GenericContainer, Wait } = await import('testcontainers');
  const container = new GenericContainer(imageOf(engine.composeService))
    .withExposedPorts(engine.port)
    .withEnvironment(engine.environment ?? {})
    .withStartupTimeout(START_TIMEOUT_MS)
    .withWaitStrategy(engine.readyLog ? Wait.forLogMessage(...engine.readyLog) : Wait.forListeningPorts());
  if (engine.command) container.withCommand(engine.command);
  const started = await container.start();
  const stop = async () => void (await started.stop());
  try {
    if (engine.prepare) {
      const { exitCode, output } = await started.exec(engine.prepare);
      if (exitCode !== 0) throw new Error(`${engine.prepare.join(' ')} failed: ${output}`);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { address: engine.address(`${started.getHost()}:${started.getMappedPort(engine.port)}`), stop };
}

function imageOf(service: string): string {
  const { services } = parse(readFileSync(COMPOSE, 'utf8'), { merge: true }) as {
    services: Record<string, { image: string }>;
  };
  const image = services[service]?.image;
  if (image === undefined) throw new Error(`docker-compose.yml has no ${service}`);
  return image;
}
