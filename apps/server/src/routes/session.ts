import { routes, type Session, type SignIn } from '@isthmus/contract';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { actorOf, type Context } from '../context.ts';
import { isSame, isSignedIn, nameCookie, sessionCookie, sessionOf } from '../plugins/security.ts';
import { Refusal } from '../problem.ts';
import { serve } from '../route.ts';

const cookie = { path: '/', httpOnly: true, sameSite: 'strict', maxAge: 30 * 24 * 3600 } as const;

export function sessionRoutes(app: FastifyInstance, { token, version }: Context): void {
  const describe = (request: FastifyRequest, change: Partial<Session> = {}): Session => ({
    name: request.cookies[nameCookie] === undefined ? '' : actorOf(request).name,
    tokenRequired: token !== undefined,
    signedIn: isSignedIn(request, token),
    version,
    ...change,
  });
  serve(app, routes.getSession, (request) => describe(request));
  serve(app, routes.signIn, (request, reply) => {
    const { name, token: given } = request.body as SignIn;
    const change: Partial<Session> = {};
    if (given !== undefined && token !== undefined) {
      if (!isSame(given, token)) throw new Refusal(401, 'token-wrong', 'This is not the token of this server.');
      reply.setCookie(sessionCookie, sessionOf(token), cookie);
      change.signedIn = true;
    }
    if (name !== undefined) {
      reply.setCookie(nameCookie, name.trim(), cookie);
      change.name = name.trim();
    }
    return describe(request, change);
  });
  serve(app, routes.signOut, (_, reply) => {
    reply.clearCookie(sessionCookie, { path: '/' });
    reply.clearCookie(nameCookie, { path: '/' });
  });
}
