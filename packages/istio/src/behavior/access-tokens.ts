import { queryParameter, type Request, splitPath } from '@isthmus/behavior';
import { isList, isMap, type Json, type JsonObject, mapOf, type Resource } from '@isthmus/kubernetes';
import type { Approach } from './approach.ts';

/** What became of the tokens of a request: the claims of an accepted one, none, or a refusal with its status. */
export type TokenCheck =
  | { readonly kind: 'passed'; readonly claims: Readonly<Record<string, unknown>> | undefined }
  | { readonly kind: 'failed'; readonly status: number };

const listOf = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);
const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

/** The rules of the RequestAuthentications of a workload, in order. */
export function jwtRulesOf(policies: readonly Resource[]): JsonObject[] {
  return policies.flatMap(({ object }) => listOf(mapOf(object.spec).jwtRules).filter(isMap));
}

/** Where a rule looks for a token: header `Authorization` with `Bearer ` and parameter `access_token` where it names no place. */
function tokensFor(rule: JsonObject, request: Request): string[] {
  const header = (name: string, prefix: string): string[] => {
    const value = request.headers[name.toLowerCase()]?.join(',');
    // Envoy looks for the prefix anywhere in the value and takes what follows.
    if (value === undefined || (prefix !== '' && !value.includes(prefix))) return [];
    return [prefix === '' ? value : value.slice(value.indexOf(prefix) + prefix.length)];
  };
  const places = [listOf(rule.fromHeaders), listOf(rule.fromParams), listOf(rule.fromCookies)];
  const parameter = (name: string): string[] => {
    const found = queryParameter(splitPath(request.path).query, name);
    return found === undefined ? [] : [found];
  };
  if (places.every((place) => place.length === 0))
    return [...header('authorization', 'Bearer '), ...parameter('access_token')];
  const cookies = (request.headers.cookie ?? []).flatMap((value) => value.split(/; */));
  return [
    ...listOf(rule.fromHeaders).flatMap((one) => header(textOf(mapOf(one).name), textOf(mapOf(one).prefix))),
    ...listOf(rule.fromParams).flatMap((name) => parameter(textOf(name))),
    ...listOf(rule.fromCookies).flatMap((name) =>
      cookies.flatMap((cookie) =>
        cookie.startsWith(`${textOf(name)}=`) ? [cookie.slice(textOf(name).length + 1)] : [],
      ),
    ),
  ];
}

function failure(rule: JsonObject, found: string, { token }: Approach): number | undefined {
  if (token === undefined || !found.startsWith(token.text) || token.state === 'unreadable') return 401;
  const { iss, aud } = token.claims;
  if (iss !== rule.issuer) return 401;
  if (token.state !== 'valid') return 401;
  const wanted = listOf(rule.audiences).map(textOf);
  const audiences = Array.isArray(aud) ? aud : aud === undefined ? [] : [aud];
  return wanted.length > 0 && !wanted.some((one) => audiences.includes(one)) ? 403 : undefined;
}

/**
 * Checks the tokens of a request by the rules of a workload: one that any rule accepts is good, none at all passes, else
 * the request is refused (istio-api, security/v1beta1/request_authentication.proto; verified by running 1.32).
 */
export function checkTokens(rules: readonly JsonObject[], approach: Approach): TokenCheck {
  const { request } = approach;
  let status: number | undefined;
  for (const rule of request === undefined ? [] : rules) {
    for (const found of tokensFor(rule, request as Request)) {
      const failed = failure(rule, found, approach);
      if (failed === undefined) return { kind: 'passed', claims: approach.token?.claims };
      status = Math.max(status ?? 0, failed);
    }
  }
  return status === undefined ? { kind: 'passed', claims: undefined } : { kind: 'failed', status };
}
