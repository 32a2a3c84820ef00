import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { Clock } from '../../clock.ts';
import type { ObjectInfo } from '../objects.ts';
import { metadataOf } from './object-metadata.ts';
import { spoolContent } from './spool-content.ts';

interface Store {
  client: S3Client;
  clock: Clock;
  spoolFolder: string;
  ask<T>(request: () => Promise<T>): Promise<T>;
}

/** What is larger goes in several parts; S3 allows no smaller ones than 5 MiB. */
const PART_BYTES = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 2;

/** In one request or in several parts; S3 shows the object when it has it whole, and drops the parts of a failure. */
export async function putObject(
  { client, clock, spoolFolder, ask }: Store,
  at: { Bucket: string; Key: string },
  object: { content: Readable | Uint8Array; contentType: string; maxBytes: number },
): Promise<Omit<ObjectInfo, 'key'>> {
  const { contentType, maxBytes } = object;
  const { bytes, sha256, body, discard } = await spoolContent(object.content, {
    maxBytes,
    folder: spoolFolder,
  });
  try {
    const storedAt = new Date(clock.now()).toISOString();
    const upload = new Upload({
      client,
      params: { ...at, Body: body, ContentType: contentType, Metadata: metadataOf({ sha256, storedAt }) },
      partSize: PART_BYTES,
      queueSize: PARTS_AT_ONCE,
    });
    await ask(() => upload.done());
    return { bytes, contentType, sha256, storedAt };
  } finally {
    await discard();
  }
}
