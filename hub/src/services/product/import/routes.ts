import { Readable } from 'node:stream';
import { ButikError } from '@butik/proto/errors/butik-error';
import multipart from '@fastify/multipart';
import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { callerOf } from '../../caller.ts';
import { pageQuerySchema, pageSchema } from '../../pages.ts';
import type { ProductContext } from '../product-context.ts';
import { importViewSchema } from './catalogue-import.ts';
import { getImport, listImports } from './get-import.ts';
import type { ImportWorker } from './import-worker.ts';
import { MAX_FILE_BYTES } from './limits.ts';
import type { Spool } from './spool.ts';
import { startImport, startImportSchema } from './start-import.ts';

/** File names for bare bodies that come without one. */
const NAME_BY_TYPE = new Map([
  ['text/csv', 'catalogue.csv'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'catalogue.xlsx'],
]);
const BARE_TYPES = [...NAME_BY_TYPE.keys(), 'application/octet-stream'];

export function importRoutes(
  context: ProductContext,
  parts: { spool: Spool; worker: ImportWorker },
): FastifyPluginAsync {
  return async (fastify) => {
    // One byte more than the spool takes: a file cut off at the spool's own bound would pass as whole.
    const limits = { files: 1, fields: 10, fileSize: MAX_FILE_BYTES + 1 };
    await fastify.register(multipart, { limits, throwFileSizeLimit: false });
    // Files are streamed to the spool, which bounds them; they never become a buffer.
    fastify.addContentTypeParser(BARE_TYPES, (_request, payload, done) => done(null, payload));
    const app = fastify.withTypeProvider<ZodTypeProvider>();

    app.post(
      '/products/imports',
      {
        config: { permission: 'catalogue:write' },
        bodyLimit: MAX_FILE_BYTES,
        schema: {
          querystring: startImportSchema,
          consumes: ['multipart/form-data', ...BARE_TYPES],
          response: { 202: z.object({ importId: z.uuid(), status: z.literal('reading') }) },
        },
      },
      async (request, reply) => {
        const upload = await uploadOf(request, request.query.fileName);
        const options = { ...request.query, by: callerOf(request) };
        const started = await startImport(context, parts, upload, options);
        reply.status(202).header('location', `/v1/products/imports/${started.importId}`);
        return started;
      },
    );
    app.get(
      '/products/imports',
      {
        config: { permission: 'catalogue:read' },
        schema: { querystring: pageQuerySchema, response: { 200: pageSchema(importViewSchema) } },
      },
      async (request) => await listImports(context, request.query),
    );
    app.get(
      '/products/imports/:importId',
      {
        config: { permission: 'catalogue:read' },
        schema: { params: z.object({ importId: z.uuid() }), response: { 200: importViewSchema } },
      },
      async (request) => await getImport(context, request.params.importId),
    );
  };
}

async function uploadOf(
  request: FastifyRequest,
  fileName: string | undefined,
): Promise<{ content: Readable; fileName: string }> {
  if (request.isMultipart()) {
    const part = await request.file();
    if (!part) throw noFile('The form has no file.');
    return { content: part.file, fileName: fileName ?? part.filename };
  }
  if (!(request.body instanceof Readable)) throw noFile('Send the file as a form or as the body.');
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  const name = fileName ?? NAME_BY_TYPE.get(type);
  if (name === undefined) throw noFile('Say what the file is called in `fileName`.');
  return { content: request.body, fileName: name };
}

function noFile(message: string): ButikError {
  return new ButikError('REQUEST_INVALID', { message, details: { fields: [{ path: 'body', message }] } });
}
