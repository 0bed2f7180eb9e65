import { codes } from '@isthmus/diagnostics';
import { type PolicyScope, scopeOf, selects } from '@isthmus/istio';
import { effectiveNamespace, isMap, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, entries, type Field, flag, items, rootField, text } from '../../field.ts';
import { dnsLabel } from '../../names.ts';
import { gatewayOf } from '../../security/gateway.ts';
import { accountForMetadata } from '../../security/metadata.ts';
import { type SecurityView, securityOf } from '../../security/view.ts';

const area = codes.requestAuthentication;

const issuersOf = (rules: readonly Field[]): string =>
  rules.map((rule) => text(child(rule, 'issuer'))?.value ?? 'an unnamed issuer').join(', ');

/** Whether inline keys hold what signs tokens: a private member, or a symmetric key (RFC 7518 6.2.2, 6.3.2, 6.4). */
function holdsPrivateKey(jwks: string): boolean {
  return /"d"\s*:/.test(jwks) || /"kty"\s*:\s*"oct"/.test(jwks);
}

function accountForKeys(context: Context, rule: Field): void {
  const jwks = text(child(rule, 'jwks'));
  if (jwks === undefined) return;
  if (holdsPrivateKey(jwks.value)) context.unsupported(jwks, area.privateKey, {});
  else context.unsupported(jwks, area.inlineKeys, {});
}

/** Settings of the plugin that carry a field over, as far as security.md 3.3 names them; the others are lost. */
function pluginConfig(context: Context, rule: Field): Record<string, unknown> {
  const texts = (key: string): Field<string>[] =>
    items(child(rule, key))
      .map(text)
      .filter((found) => found !== undefined);
  const issuer = text(child(rule, 'issuer'));
  const uri = text(child(rule, 'jwksUri'));
  const audiences = texts('audiences');
  const forward = flag(child(rule, 'forwardOriginalToken'));
  const cookies = texts('fromCookies');
  const claims = items(child(rule, 'outputClaimToHeaders'));
  const known = [
    'issuer',
    'jwksUri',
    'audiences',
    'forwardOriginalToken',
    'fromCookies',
    'outputClaimToHeaders',
    'jwks',
  ];
  for (const [key, field] of entries(rule)) {
    const lost = !known.includes(key) || (key === 'fromCookies' && cookies.length > 1);
    if (lost) context.unsupported(field, area.fieldLost, { field: key });
  }
  const of = (field: Field | undefined, key: string): unknown => {
    const found = text(child(field, key));
    return found && context.derived(found, found.value);
  };
  const [cookie] = cookies.length === 1 ? cookies : [];
  return {
    issuer: issuer && context.derived(issuer, issuer.value),
    auth_methods: ['bearer'],
    ...(uri === undefined ? {} : { extra_jwks_uris: [context.derived(uri, uri.value)] }),
    ...(audiences.length === 0 ? {} : { audience_required: audiences.map((one) => context.derived(one, one.value)) }),
    // Istio strips the token unless told to forward it.
    hide_credentials: forward === undefined ? true : context.derived(forward, !forward.value),
    ...(cookie === undefined
      ? {}
      : { bearer_token_param_type: ['cookie'], bearer_token_cookie_name: context.derived(cookie, cookie.value) }),
    ...(claims.length === 0
      ? {}
      : {
          upstream_headers_claims: claims.map((claim) => of(claim, 'claim')),
          upstream_headers_names: claims.map((claim) => of(claim, 'header')),
        }),
  };
}

function translateAtGateway(context: Context, resource: Resource, gateway: string, rules: readonly Field[]): void {
  const spec = child(rootField(resource), 'spec') as Field;
  // What asks for nothing (an empty list) needs no counterpart; stronger claims follow.
  context.settled(child(spec, 'jwtRules'));
  const namespace = effectiveNamespace(resource);
  const names = rules.map((rule, index) => {
    const name = dnsLabel(`${resource.name}${rules.length === 1 ? '' : `-${index + 1}`}`);
    context.emit({
      role: 'draft',
      stage: 'edge',
      why: 'What becomes of requests without a token, and the routes that it is for, are for a person to decide.',
      object: {
        apiVersion: 'configuration.konghq.com/v1',
        kind: 'KongPlugin',
        metadata: { name, namespace },
        plugin: 'openid-connect',
        config: pluginConfig(context, rule),
      },
      services: [],
    });
    return name;
  });
  context.report(area.atGateway, { gateway, issuers: issuersOf(rules), name: names.join(', ') }, rules[0] ?? spec);
  for (const part of ['selector', 'targetRef', 'targetRefs']) {
    const field = child(spec, part);
    if (field !== undefined) context.claim(field, 'unsupported', area.atGateway);
  }
}

/** Says where a policy selects no workload that the import holds; true where it is known to select none at all. */
function selectsNothing(context: Context, view: SecurityView, resource: Resource, scope: PolicyScope): boolean {
  const within = view.workloadsIn(scope.namespace);
  const labels = Object.entries(scope.labels).map(([key, value]) => `${key}=${value}`);
  if (labels.length === 0 || within.length === 0 || within.some((workload) => selects(scope, workload))) return false;
  const [spec, selector] = ['spec', 'spec.selector'].map((path) => descend(rootField(resource), ...path.split('.')));
  context.report(area.selectsNothing, { labels: labels.join(', ') }, selector ?? resource);
  if (context.settings.complete && spec !== undefined) context.claim(spec, 'inert', area.selectsNothing);
  return context.settings.complete;
}

/**
 * RequestAuthentications: drafts of plugins for Kong Gateway where a gateway checks tokens, and a blocker where sidecars
 * or waypoints do, since Kong Mesh checks none.
 */
export function translateRequestAuthentications(context: Context): void {
  const view = securityOf(context);
  for (const resource of context.ofKind('RequestAuthentication')) {
    if (resource.group !== 'security.istio.io') continue;
    accountForMetadata(context, resource);
    const spec = child(rootField(resource), 'spec');
    if (spec === undefined) continue;
    const rules = items(child(spec, 'jwtRules'));
    for (const rule of rules) accountForKeys(context, rule);
    if (rules.length === 0) {
      context.settled(spec);
      continue;
    }
    const attached = items(child(spec, 'targetRefs')).length > 0 || isMap(descend(spec, 'targetRef')?.value);
    const placed = { resource, attached, scope: scopeOf(resource, view.trust.rootNamespace) };
    const gateway = gatewayOf(view, placed);
    if (gateway !== undefined) {
      translateAtGateway(context, resource, gateway, rules);
      continue;
    }
    if (!attached && selectsNothing(context, view, resource, placed.scope)) continue;
    const code = attached ? area.atWaypoint : area.inside;
    context.claim(spec, 'unsupported', code);
    context.report(code, { issuers: issuersOf(rules) }, rules[0] ?? spec);
  }
}
