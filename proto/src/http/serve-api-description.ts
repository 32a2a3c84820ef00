import swagger, { type SwaggerTransformObject } from '@fastify/swagger';
import scalar from '@scalar/fastify-api-reference';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { PROBLEM_MEDIA_TYPE, problemSchema } from '../errors/problem.ts';
import type { HttpServer } from './create-http-server.ts';

/** OpenAPI 3.1 of all routes that are added later, at `/openapi.json`, and the same to read at `/docs`. */
export async function serveApiDescription(
  app: HttpServer,
  api: { title: string; version: string },
): Promise<void> {
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: api.title, version: api.version } },
    transform: jsonSchemaTransform,
    transformObject: withProblems,
  });
  let description: string | undefined;
  await app.register(async (open) => {
    open.addHook('onRoute', (route) => {
      route.config = { ...route.config, ...OPEN_TO_ALL };
    });
    open.get('/openapi.json', { schema: { hide: true } }, (_request, reply) => {
      description ??= JSON.stringify(app.swagger());
      return reply.type('application/json').send(description);
    });
    await open.register(scalar, { routePrefix: '/docs', configuration: { ...PAGE, title: api.title } });
  });
}

/** As the hub's routes declare it. */
const OPEN_TO_ALL = { permission: 'public' } as const;

/** The page brings its own script. Fonts, statistics and an assistant would come from elsewhere; a shop may be offline. Its maker’s tools would lead there too. */
const PAGE = {
  url: '/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  showDeveloperTools: 'never',
} as const;

const { $schema: _, ...problemJsonSchema } = z.toJSONSchema(problemSchema);

/** Any operation can answer with a problem; said once and referred to, since the codes are the same everywhere. */
const withProblems: SwaggerTransformObject = (document) => {
  if (!('openapiObject' in document)) throw new Error('the description is not OpenAPI 3');
  const { openapiObject } = document;
  const problem = {
    description: 'What went wrong, with a stable `code`, its `remedy` and the request id (RFC 9457).',
    content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
  };
  for (const path of Object.values(openapiObject.paths ?? {})) {
    for (const operation of Object.values(path ?? {})) {
      if (typeof operation !== 'object' || Array.isArray(operation) || !('responses' in operation)) continue;
      operation.responses = { ...operation.responses, default: { $ref: '#/components/responses/Problem' } };
    }
  }
  return {
    ...openapiObject,
    components: {
      ...openapiObject.components,
      schemas: { ...openapiObject.components?.schemas, Problem: problemJsonSchema },
      responses: { ...openapiObject.components?.responses, Problem: problem },
    },
  } as ReturnType<SwaggerTransformObject>;
};
