import type { Engine } from './engine.ts';

const ANSWER_TIMEOUT_MS = 5_000;
const KEY = 'butiktest';
const SECRET = 'butiktestsecret';
const BUCKET = 'butik-test';

export const s3: Engine = {
  name: 's3',
  variable: 'BUTIK_TEST_S3',
  usually: 'nowhere without Docker; the address is http://KEY:SECRET@HOST:PORT/BUCKET',
  async find(address) {
    if (address === undefined) throw new Error('it has no usual place');
    // Any answer will do: without a signed request it is a refusal. Its server says what it is.
    const answer = await fetch(new URL(address).origin, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    await answer.body?.cancel();
    return { address, version: `version not told (${answer.headers.get('server') ?? 'unknown server'})` };
  },
  container: {
    composeService: 'minio',
    port: 9000,
    environment: {
      MINIO_ROOT_USER: KEY,
      MINIO_ROOT_PASSWORD: SECRET,
      MC_HOST_local: `http://${KEY}:${SECRET}@127.0.0.1:9000`,
    },
    command: ['server', '/data'],
    prepare: ['mc', 'mb', '--ignore-existing', `local/${BUCKET}`],
    address: (hostAndPort) => `http://${KEY}:${SECRET}@${hostAndPort}/${BUCKET}`,
  },
};
