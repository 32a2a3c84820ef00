import { v7 as uuidv7 } from 'uuid';
import { describe, test } from 'vitest';
import { objectsContract } from '../objects.contract.ts';
import type { Objects } from '../objects.ts';
import { openS3Objects } from './open-s3-objects.ts';

/** `http://ACCESS_KEY:SECRET_KEY@HOST:PORT/BUCKET`; the bucket is there. */
const address = process.env.BUTIK_TEST_S3;

if (address) {
  describe('files in S3 (BUTIK_TEST_S3)', () => {
    objectsContract(async () => openForTest(new URL(address)));
  });
} else {
  describe('objects: S3', () => {
    test.skip('left out: BUTIK_TEST_S3 has no address of an S3 with a bucket');
  });
}

/** Under keys of its own, which it removes when it is closed. */
function openForTest({ protocol, host, username, password, pathname }: URL): Objects {
  const objects = openS3Objects({
    endpoint: `${protocol}//${host}`,
    bucket: pathname.slice(1),
    region: process.env.AWS_REGION ?? 'eu-north-1',
    prefix: `butik-test-${uuidv7()}/`,
    ...(username && {
      credentials: {
        accessKeyId: decodeURIComponent(username),
        secretAccessKey: decodeURIComponent(password),
      },
    }),
  });
  return {
    ...objects,
    async close() {
      for (let page = await remainder(); page.length > 0; page = await remainder()) {
        for (const key of page) await objects.delete(key);
      }
      await objects.close();
    },
  };
  async function remainder(): Promise<string[]> {
    return (await objects.list('')).keys;
  }
}
