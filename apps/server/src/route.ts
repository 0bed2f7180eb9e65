import type { Route } from '@isthmus/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Asker, asker } from './asker.ts';

/** Who asks with a request. What changes something is brought to its end, whether its client waits or not. */
function askerOf({ method, params }: FastifyRequest, { raw }: FastifyReply): Asker {
  const { id } = (params ?? {}) as { id?: string };
  const migration = id === undefined ? {} : { migration: id };
  if (method !== 'GET') return migration;
  const leaving = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) leaving.abort();
  });
  return { ...migration, left: leaving.signal };
}

/** Serves one operation of the contract. */
export function serve(
  app: FastifyInstance,
  route: Route,
  handler: (request: FastifyRequest, reply: FastifyReply) => unknown,
  { bodyLimit }: { /** Bytes; the server's own where it is not given. */ readonly bodyLimit?: number } = {},
): void {
  app.route({
    method: route.method,
    url: `/api/v1${route.path}`,
    ...(bodyLimit === undefined ? {} : { bodyLimit }),
    schema: {
      summary: route.summary,
      ...(route.query === undefined ? {} : { querystring: route.query }),
      ...(route.body === undefined ? {} : { body: route.body }),
      response: route.response === undefined ? {} : { [route.status]: route.response },
    },
    handler: async (request, reply) => {
      reply.code(route.status);
      return asker.run(askerOf(request, reply), () => handler(request, reply));
    },
  });
}
