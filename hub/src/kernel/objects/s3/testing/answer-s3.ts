import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

interface Kept {
  body: Buffer;
  headers: Record<string, string>;
}

export interface Bucket {
  objects: Map<string, Kept>;
  /** Uploads in parts that were neither completed nor aborted. */
  uploads: Map<string, { headers: Record<string, string>; parts: Map<number, Buffer> }>;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** One request to a bucket whose name is the first part of the path. */
export function answerS3(bucket: Bucket, request: IncomingMessage, sent: Buffer): Answer {
  const url = new URL(request.url ?? '', 'http://s3');
  const [, , ...segments] = url.pathname.split('/');
  const key = decodeURIComponent(segments.join('/'));
  const query = url.searchParams;
  const body = isChunked(request.headers) ? unchunk(sent) : sent;
  const uploadId = query.get('uploadId');
  if (key === '') return list(bucket, query);
  if (uploadId !== null) return answerPart(bucket, { key, uploadId, query, body, method: request.method });
  if (query.has('uploads')) return begin(bucket, key, keptHeaders(request.headers));
  if (request.method === 'PUT') {
    bucket.objects.set(key, { body, headers: keptHeaders(request.headers) });
    return plain(200, { etag: etagOf(body) });
  }
  if (request.method === 'DELETE') {
    bucket.objects.delete(key);
    return plain(204);
  }
  const kept = bucket.objects.get(key);
  if (!kept) return problem(404, 'NoSuchKey', 'The specified key does not exist.');
  return { status: 200, headers: { ...kept.headers, etag: etagOf(kept.body) }, body: kept.body };
}

export function problem(status: number, code: string, message: string): Answer {
  return xml(
    `<Error><Code>${code}</Code><Message>${message}</Message><RequestId>1</RequestId></Error>`,
    status,
  );
}

function begin(bucket: Bucket, key: string, headers: Record<string, string>): Answer {
  const uploadId = `upload-${bucket.uploads.size + 1}`;
  bucket.uploads.set(uploadId, { headers, parts: new Map() });
  return xml(
    `<InitiateMultipartUploadResult><Key>${key}</Key><UploadId>${uploadId}</UploadId></InitiateMultipartUploadResult>`,
  );
}

function answerPart(
  bucket: Bucket,
  part: { key: string; uploadId: string; query: URLSearchParams; body: Buffer; method: string | undefined },
): Answer {
  const upload = bucket.uploads.get(part.uploadId);
  if (!upload) return problem(404, 'NoSuchUpload', 'The specified upload does not exist.');
  if (part.method === 'PUT') {
    upload.parts.set(Number(part.query.get('partNumber')), part.body);
    return plain(200, { etag: etagOf(part.body) });
  }
  bucket.uploads.delete(part.uploadId);
  if (part.method === 'DELETE') return plain(204);
  const inOrder = [...upload.parts].sort(([a], [b]) => a - b).map(([, body]) => body);
  bucket.objects.set(part.key, { body: Buffer.concat(inOrder), headers: upload.headers });
  return xml(
    `<CompleteMultipartUploadResult><Key>${part.key}</Key><ETag>"parts"</ETag></CompleteMultipartUploadResult>`,
  );
}

function list(bucket: Bucket, query: URLSearchParams): Answer {
  const prefix = query.get('prefix') ?? '';
  const after = query.get('start-after') ?? '';
  const keys = [...bucket.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const page = keys.slice(0, Number(query.get('max-keys') ?? 1_000));
  const contents = page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('');
  return xml(
    `<ListBucketResult><IsTruncated>${page.length < keys.length}</IsTruncated>${contents}</ListBucketResult>`,
  );
}

function keptHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept = Object.entries(headers).filter(
    ([name]) => name === 'content-type' || name.startsWith('x-amz-meta-'),
  );
  return Object.fromEntries(kept) as Record<string, string>;
}

function isChunked(headers: IncomingHttpHeaders): boolean {
  return String(headers['x-amz-content-sha256']).startsWith('STREAMING-');
}

/** `aws-chunked`: each chunk after a line with its size in hex, trailers at the end. */
function unchunk(sent: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = sent.indexOf('\r\n', at);
    const bytes = Number.parseInt(sent.toString('latin1', at, lineEnd), 16);
    if (!bytes) return Buffer.concat(chunks);
    chunks.push(sent.subarray(lineEnd + 2, lineEnd + 2 + bytes));
    at = lineEnd + 2 + bytes + 2;
  }
}

function etagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

function plain(status: number, headers: Record<string, string> = {}): Answer {
  return { status, headers, body: Buffer.alloc(0) };
}

function xml(text: string, status = 200): Answer {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: Buffer.from(`<?xml version="1.0"?>${text}`),
  };
}
