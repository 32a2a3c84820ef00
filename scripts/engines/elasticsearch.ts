import type { Engine } from './engine.ts';

const ANSWER_TIMEOUT_MS = 5_000;

export const elasticsearch: Engine = {
  name: 'elasticsearch',
  variable: 'BUTIK_TEST_ELASTICSEARCH',
  usually: 'nowhere without Docker',
  async find(address) {
    if (address === undefined) throw new Error('it has no usual place');
    const { username, password, origin } = new URL(address);
    const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
    const answer = await fetch(origin, {
      headers: username === '' ? {} : { authorization: `Basic ${credentials.toString('base64')}` },
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    if (!answer.ok) throw new Error(`it answers with HTTP ${answer.status}`);
    const { version } = (await answer.json()) as { version?: { number?: string } };
    return { address, version: version?.number ?? 'unknown' };
  },
  container: {
    composeService: 'elasticsearch',
    port: 9200,
    environment: {
      'discovery.type': 'single-node',
      'xpack.security.enabled': 'false',
      ES_JAVA_OPTS: '-Xms512m -Xmx512m',
    },
    readyLog: [/"message": ?"started/, 1],
    address: (hostAndPort) => `http://${hostAndPort}`,
  },
};
