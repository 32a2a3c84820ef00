import { tmpdir } from 'node:os';
import type { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { ButikError } from '@butik/proto/errors/butik-error';
import { type Clock, systemClock } from '../../clock.ts';
import { checkKey, checkList, checkPut } from '../check-key.ts';
import type { Objects } from '../objects.ts';
import { infoOf } from './object-metadata.ts';
import { putObject } from './put-object.ts';
import { readBody } from './read-body.ts';
import { isAbsent, s3Failure } from './s3-failure.ts';

export interface S3ObjectsOptions {
  bucket: string;
  region: string;
  /** Another address than AWS's, such as MinIO's; the bucket is then the first part of the path. */
  endpoint?: string;
  /** First part of every key, such as `butik/`. */
  prefix: string;
  /** Without them what the SDK finds: environment, role, files. */
  credentials?: S3ClientConfig['credentials'];
  clock?: Clock;
  /** How often a request is tried; 4 unless told. */
  attempts?: number;
  /** Milliseconds until S3 must begin to answer; 30,000 unless told. */
  timeoutMs?: number;
  /** Where streams wait until they are sent; the system's temporary folder unless told. */
  spoolFolder?: string;
}

const CONNECT_MS = 2_000;
/** A connection on which nothing moves: longer than a slow reader takes for what is buffered. */
const IDLE_MS = 60_000;
const SOCKETS = 32;
const PAGE = 1_000;

/** Files in an S3 bucket. Requests are tried again by the SDK, with growing pauses. */
export function openS3Objects(options: S3ObjectsOptions): Objects {
  const { bucket, prefix: first, clock = systemClock, spoolFolder = tmpdir() } = options;
  const client = openClient(options);
  const at = (key: string) => ({ Bucket: bucket, Key: first + key });
  let closed = false;

  async function ask<T>(request: () => Promise<T>): Promise<T> {
    try {
      if (closed) throw new ButikError('SERVICE_UNAVAILABLE', { details: { part: 'objects' } });
      return await request();
    } catch (error) {
      throw s3Failure(error);
    }
  }

  return {
    async put(key, content, { contentType, maxBytes }) {
      checkPut({ key, contentType, maxBytes });
      const info = await putObject({ client, clock, spoolFolder, ask }, at(key), {
        content,
        contentType,
        maxBytes,
      });
      return { key, ...info };
    },
    async get(key) {
      checkKey(key);
      const answer = await ask(() => client.send(new GetObjectCommand(at(key))).catch(nothingWhenAbsent));
      if (!answer) throw new ButikError('OBJECT_NOT_FOUND', { details: { key } });
      const body = answer.Body as Readable;
      try {
        return { info: infoOf(key, answer), content: readBody(body) };
      } catch (error) {
        body.destroy();
        throw error;
      }
    },
    async find(key) {
      checkKey(key);
      const answer = await ask(() => client.send(new HeadObjectCommand(at(key))).catch(nothingWhenAbsent));
      return answer ? infoOf(key, answer) : null;
    },
    async delete(key) {
      checkKey(key);
      await ask(() => client.send(new DeleteObjectCommand(at(key))));
    },
    async list(prefix, after) {
      checkList({ prefix, after });
      const command = new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: first + prefix,
        MaxKeys: PAGE,
        ...(after === undefined ? {} : { StartAfter: first + after }),
      });
      const { Contents = [], IsTruncated } = await ask(() => client.send(command));
      const keys = Contents.map(({ Key = '' }) => Key.slice(first.length));
      return { keys, next: IsTruncated ? (keys.at(-1) ?? null) : null };
    },
    async close() {
      closed = true;
      client.destroy();
    },
  };
}

function openClient({
  region,
  endpoint,
  credentials,
  attempts = 4,
  timeoutMs = 30_000,
}: S3ObjectsOptions): S3Client {
  return new S3Client({
    region,
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(credentials === undefined ? {} : { credentials }),
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      socketTimeout: IDLE_MS,
      httpsAgent: { keepAlive: true, maxSockets: SOCKETS },
      httpAgent: { keepAlive: true, maxSockets: SOCKETS },
    },
  });
}

/** A bucket that is not there is no file that is not there. */
function nothingWhenAbsent(error: unknown): undefined {
  if (!isAbsent(error)) throw error;
}
