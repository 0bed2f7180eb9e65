import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../problem.ts';

const policy =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; worker-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/** Headers of every answer. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** Whether an address is reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

const digest = (text: string): Buffer => createHmac('sha256', 'isthmus session').update(text).digest();

/** What the cookie holds instead of the token. */
export const sessionOf = (token: string): string => digest(token).toString('base64url');

/** Compares in a time that does not depend on where two texts differ. */
export const isSame = (given: string, wanted: string): boolean => timingSafeEqual(digest(given), digest(wanted));

export const sessionCookie = 'isthmus_session';
export const nameCookie = 'isthmus_name';

/** Whether a request carries the token, as Bearer or by its cookie. */
export function isSignedIn(request: FastifyRequest, token: string | undefined): boolean {
  if (token === undefined) return true;
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return isSame(bearer, token);
  const cookie = request.cookies[sessionCookie];
  return cookie !== undefined && isSame(cookie, sessionOf(token));
}

const open = new Set(['/api/v1/session', '/api/openapi.json', '/healthz', '/readyz']);

/** Refuses requests by other hosts' names, from other sites and without the token; adds the headers of every answer. */
export function addSecurity(app: FastifyInstance, options: { host: string; token: string | undefined }): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    const path = request.url.split('?', 1)[0] ?? '';
    const host = request.headers.host ?? '';
    if (isLoopback(options.host) && !isLoopback(host.replace(/:\d+$/, '')))
      throw new Refusal(403, 'host-refused', 'This server answers to the names of this machine only.');
    const { origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = request.headers;
    if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`)
      throw new Refusal(403, 'cross-site', 'Requests of other sites are refused.');
    const isVisit = mode === 'navigate' && request.method === 'GET' && !path.startsWith('/api/');
    if ((site === 'cross-site' || site === 'same-site') && !isVisit)
      throw new Refusal(403, 'cross-site', 'Requests of other sites are refused.');
    const isGuarded = path.startsWith('/api/') || path === '/metrics';
    if (isGuarded && !open.has(path) && !isSignedIn(request, options.token)) {
      reply.header('www-authenticate', 'Bearer');
      throw new Refusal(401, 'token-required', 'Sign in with the token of this server.');
    }
  });
}
