import type { Json, JsonObject, Violation } from '@isthmus/kubernetes';
import { at, list } from '../json.ts';

type Found = Violation[];

const withoutTls = new Set<Json | undefined>(['HTTP', 'TCP', 'UDP']);
const withoutHostname = new Set<Json | undefined>(['TCP', 'UDP']);

function checkListener(listener: Json, path: string, found: Found): void {
  const protocol = at(listener, 'protocol');
  const tls = at(listener, 'tls');
  const mode = at(tls, 'mode') ?? 'Terminate';
  if (withoutTls.has(protocol) && tls !== undefined)
    found.push({ path: `${path}.tls`, message: `a listener for ${String(protocol)} has no tls` });
  if (protocol === 'HTTPS' && tls !== undefined && mode !== 'Terminate')
    found.push({ path: `${path}.tls.mode`, message: 'it must be Terminate for HTTPS' });
  if (protocol === 'TLS' && at(tls, 'mode') === undefined)
    found.push({ path: `${path}.tls.mode`, message: 'it must be set for TLS' });
  if (tls !== undefined && mode === 'Terminate' && list(at(tls, 'certificateRefs')).length === 0)
    found.push({ path: `${path}.tls.certificateRefs`, message: 'a listener that ends TLS needs a certificate' });
  if (withoutHostname.has(protocol) && at(listener, 'hostname') !== undefined)
    found.push({ path: `${path}.hostname`, message: `a listener for ${String(protocol)} has no hostname` });
}

function checkGateway(spec: Json | undefined, found: Found): void {
  const seen = new Set<string>();
  for (const [index, listener] of list(at(spec, 'listeners')).entries()) {
    const path = `spec.listeners[${index}]`;
    checkListener(listener, path, found);
    const key = ['port', 'protocol', 'hostname'].map((part) => String(at(listener, part) ?? '')).join('|');
    if (seen.has(key)) found.push({ path, message: 'port, protocol and hostname must differ between listeners' });
    seen.add(key);
  }
}

function checkParents(spec: Json | undefined, found: Found): void {
  const seen = new Set<string>();
  const whole = new Set<string>();
  for (const [index, parent] of list(at(spec, 'parentRefs')).entries()) {
    const gateway = `${String(at(parent, 'namespace') ?? '')}/${String(at(parent, 'name'))}`;
    const section = `${String(at(parent, 'sectionName') ?? '')}:${String(at(parent, 'port') ?? '')}`;
    const key = `${gateway}|${section}`;
    const others = [...seen].some((known) => known.startsWith(`${gateway}|`));
    if (seen.has(key) || (others && (section === ':' || whole.has(gateway))))
      found.push({
        path: `spec.parentRefs[${index}]`,
        message: 'references to one parent must name different sections',
      });
    seen.add(key);
    if (section === ':') whole.add(gateway);
  }
}

function checkBackends(rule: Json, path: string, found: Found): void {
  for (const [index, backend] of list(at(rule, 'backendRefs')).entries())
    if (at(backend, 'port') === undefined && (at(backend, 'kind') ?? 'Service') === 'Service')
      found.push({ path: `${path}.backendRefs[${index}].port`, message: 'a Service is named with its port' });
}

const dots = /\/\/|\/\.\/|\/\.\.\/|%2[fF]|#|\/\.\.?$/;
const plain = /^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$/;

function checkPath(match: Json, path: string, found: Found): void {
  const condition = at(match, 'path');
  const type = at(condition, 'type') ?? 'PathPrefix';
  const value = at(condition, 'value') ?? '/';
  if (type === 'RegularExpression' || typeof value !== 'string') return;
  if (!value.startsWith('/') || dots.test(value) || !plain.test(value))
    found.push({ path: `${path}.path.value`, message: 'it must be an absolute, normalised path of plain characters' });
}

// The filters that Kong's controller refuses (kic/internal/admission/validation/gateway/httproute.go, 3.5; verified by running).
const unknownToKong = new Set<Json | undefined>(['RequestMirror', 'CORS', 'ExternalAuth']);

function checkFilters(rule: Json, path: string, found: Found): void {
  const types = list(at(rule, 'filters')).map((filter) => at(filter, 'type'));
  for (const [index, type] of types.entries()) {
    const where = `${path}.filters[${index}]`;
    if (unknownToKong.has(type)) found.push({ path: where, message: `Kong knows no filter ${String(type)}` });
    if (type !== 'ExtensionRef' && types.indexOf(type) !== index)
      found.push({ path: where, message: `filter ${String(type)} stands twice` });
  }
  if (types.includes('RequestRedirect') && types.includes('URLRewrite'))
    found.push({ path: `${path}.filters`, message: 'a rule either redirects or rewrites' });
  if (types.includes('RequestRedirect') && list(at(rule, 'backendRefs')).length > 0)
    found.push({ path: `${path}.backendRefs`, message: 'a redirect has no backends' });
}

function checkHttpRoute(spec: Json | undefined, found: Found): void {
  let matches = 0;
  const timeouts = new Set<string>();
  for (const [index, rule] of list(at(spec, 'rules')).entries()) {
    const path = `spec.rules[${index}]`;
    checkBackends(rule, path, found);
    checkFilters(rule, path, found);
    for (const [number, match] of list(at(rule, 'matches')).entries())
      checkPath(match, `${path}.matches[${number}]`, found);
    matches += Math.max(1, list(at(rule, 'matches')).length);
    timeouts.add(String(at(at(rule, 'timeouts'), 'backendRequest') ?? ''));
  }
  if (matches > 128) found.push({ path: 'spec.rules', message: 'a route has at most 128 matches' });
  // K-5: Kong's controller refuses another value in a later rule, and fails on `request` alone.
  if (timeouts.size > 1)
    found.push({ path: 'spec.rules', message: 'Kong takes one backendRequest timeout for all rules of a route' });
}

/**
 * Rules beyond the structural schema: those in CEL of Gateway API 1.6 (config/crd/experimental) and those of the admission
 * of Kong's ingress controller 3.5, as far as what Isthmus emits can run into them.
 */
export function checkRules(object: JsonObject, found: Found): void {
  const { kind, spec } = object;
  if (kind === 'Gateway') checkGateway(spec, found);
  if (typeof kind === 'string' && kind.endsWith('Route')) checkParents(spec, found);
  if (kind === 'HTTPRoute') checkHttpRoute(spec, found);
  if (kind === 'TCPRoute' || kind === 'TLSRoute')
    for (const [index, rule] of list(at(spec, 'rules')).entries()) checkBackends(rule, `spec.rules[${index}]`, found);
  if (kind === 'KongPlugin' && object.config !== undefined && object.configFrom !== undefined)
    found.push({ path: 'configFrom', message: 'config and configFrom exclude each other' });
}
