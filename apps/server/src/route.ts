import type { Route } from '@isthmus/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

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
      return handler(request, reply);
    },
  });
}
