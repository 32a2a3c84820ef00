import { PassThrough, type Readable } from 'node:stream';
import { s3Failure } from './s3-failure.ts';

/** The content as it comes; a connection that is lost on the way ends it with SERVICE_UNAVAILABLE. */
export function readBody(body: Readable): Readable {
  const content = new PassThrough();
  body.on('error', (error) => content.destroy(s3Failure(error)));
  // Whoever stops reading gives the connection back.
  content.on('close', () => body.destroy());
  return body.pipe(content);
}
