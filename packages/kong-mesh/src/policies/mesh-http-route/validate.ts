import { isIpAddress } from '../common/addresses.ts';
import { type BackendRef, checkBackendRef } from '../common/backend-ref.ts';
import { isDnsSubdomain } from '../common/names.ts';
import { defineRules, type Report, type Validation } from '../common/resource.ts';
import { checkTargetRef, checkTopTargetRef, type TargetRef } from '../common/target-ref.ts';

interface Match {
  readonly path?: { readonly type: string; readonly value: string };
  readonly queryParams?: readonly { readonly name: string }[];
  readonly headers?: readonly { readonly type?: string; readonly value?: string }[];
}

interface HeaderModifier {
  readonly set?: readonly { readonly name: string }[];
  readonly add?: readonly { readonly name: string }[];
  readonly remove?: readonly string[];
}

interface PathRewrite {
  readonly replacePrefixMatch?: string;
}

interface Filter {
  readonly type: string;
  readonly requestHeaderModifier?: HeaderModifier;
  readonly responseHeaderModifier?: HeaderModifier;
  readonly requestRedirect?: { readonly hostname?: string; readonly path?: PathRewrite };
  readonly urlRewrite?: {
    readonly hostname?: string;
    readonly path?: PathRewrite;
    readonly hostToBackendHostname?: boolean;
  };
  readonly requestMirror?: { readonly backendRef: BackendRef };
}

interface Rule {
  readonly matches: readonly Match[];
  readonly default: { readonly filters?: readonly Filter[]; readonly backendRefs?: readonly BackendRef[] };
}

interface Spec {
  readonly targetRef?: TargetRef;
  readonly to?: readonly {
    readonly targetRef: TargetRef;
    readonly hostnames?: readonly string[];
    readonly rules: readonly Rule[];
  }[];
}

/** The name of a Gateway API backend that does not exist (kuma, pkg/plugins/runtime/k8s/metadata). */
const unresolvedBackend = 'kuma.io/unresolved-backend';

function checkPath({ type, value }: NonNullable<Match['path']>, path: string, report: Report): void {
  if (type === 'RegularExpression' || (type === 'PathPrefix' && value === '/')) return;
  if (type === 'PathPrefix' && value.endsWith('/'))
    report(`${path}.value`, 'a prefix ends where a path segment does, so that it must not end with a slash');
  if (!value.startsWith('/')) report(`${path}.value`, 'it must begin with a slash');
}

function checkMatch({ path: pathMatch, queryParams = [], headers = [] }: Match, path: string, report: Report): void {
  if (pathMatch !== undefined) checkPath(pathMatch, `${path}.path`, report);
  const names = new Set<string>();
  for (const [index, { name }] of queryParams.entries()) {
    if (names.has(name)) report(`${path}.queryParams[${index}].name`, `${name} is matched already`);
    names.add(name);
  }
  for (const [index, { type, value = '' }] of headers.entries())
    if ((type === 'Present' || type === 'Absent') && value !== '')
      report(`${path}.headers[${index}].value`, `it must not be set for the type ${type}`);
}

function checkHeaderModifier(modifier: HeaderModifier, path: string, report: Report): void {
  const { set, add, remove } = modifier;
  if (set === undefined && add === undefined && remove === undefined) {
    report(path, 'it must have set, add or remove');
    return;
  }
  const seen = new Set<string>();
  const visit = (name: string, at: string): void => {
    if (seen.has(name))
      report(`${at}.name`, `the header ${name} is changed already`, at.startsWith(`${path}.remove`) ? at : undefined);
    seen.add(name);
  };
  for (const [index, { name }] of (set ?? []).entries()) visit(name, `${path}.set[${index}]`);
  for (const [index, { name }] of (add ?? []).entries()) visit(name, `${path}.add[${index}]`);
  for (const [index, name] of (remove ?? []).entries()) visit(name, `${path}.remove[${index}]`);
}

function checkHostname(hostname: string | undefined, path: string, report: Report): void {
  if (hostname === undefined) return;
  if (isIpAddress(hostname)) report(path, 'it must not be an IP address');
  else if (!isDnsSubdomain(hostname)) report(path, 'it must be a DNS name in lower case, without port or wildcard');
}

function checkRewrite(
  { replacePrefixMatch }: PathRewrite = {},
  matches: readonly Match[],
  path: string,
  report: Report,
): void {
  if (replacePrefixMatch !== undefined && matches.some((match) => match.path?.type !== 'PathPrefix'))
    report(`${path}.path.replacePrefixMatch`, 'every match of the rule must then have a path of the type PathPrefix');
}

const members = {
  RequestHeaderModifier: 'requestHeaderModifier',
  ResponseHeaderModifier: 'responseHeaderModifier',
  RequestRedirect: 'requestRedirect',
  URLRewrite: 'urlRewrite',
  RequestMirror: 'requestMirror',
} as const;

function checkUrlRewrite(
  rewrite: NonNullable<Filter['urlRewrite']>,
  path: string,
  gateway: boolean,
  { version, report }: Validation,
): void {
  checkHostname(rewrite.hostname, `${path}.hostname`, report);
  if (rewrite.hostToBackendHostname !== true) return;
  const field = `${path}.hostToBackendHostname`;
  if (version === '3.0') report(field, 'it must not be true');
  else if (!gateway) report(field, 'it can be true only for a MeshGateway');
  if (rewrite.hostname !== undefined) report(field, 'it must not be true where a hostname is set');
}

function checkFilter(
  filter: Filter,
  matches: readonly Match[],
  path: string,
  gateway: boolean,
  validation: Validation,
): void {
  const { report } = validation;
  const member = members[filter.type as keyof typeof members];
  const field = `${path}.${member}`;
  if (filter[member] === undefined) {
    report(field, `it must be set for the type ${filter.type}`);
    return;
  }
  const { requestRedirect = {}, urlRewrite = {}, requestMirror } = filter;
  if (member === 'requestHeaderModifier' || member === 'responseHeaderModifier')
    checkHeaderModifier(filter[member] as HeaderModifier, field, report);
  else if (member === 'requestRedirect') {
    checkRewrite(requestRedirect.path, matches, field, report);
    checkHostname(requestRedirect.hostname, `${field}.hostname`, report);
  } else if (member === 'urlRewrite') {
    checkRewrite(urlRewrite.path, matches, field, report);
    checkUrlRewrite(urlRewrite, field, gateway, validation);
  } else if (requestMirror !== undefined) checkBackendRef(requestMirror.backendRef, `${field}.backendRef`, validation);
}

function checkRule({ matches, default: conf }: Rule, path: string, gateway: boolean, validation: Validation): void {
  const { filters = [], backendRefs = [] } = conf;
  for (const [index, match] of matches.entries()) checkMatch(match, `${path}.matches[${index}]`, validation.report);
  for (const [index, filter] of filters.entries())
    checkFilter(filter, matches, `${path}.default.filters[${index}]`, gateway, validation);
  if (gateway && backendRefs.length === 0 && !filters.some(({ type }) => type === 'RequestRedirect'))
    validation.report(`${path}.default.backendRefs`, 'it must have an item, unless the rule redirects');
  for (const [index, ref] of backendRefs.entries())
    checkBackendRef(ref, `${path}.default.backendRefs[${index}]`, validation, unresolvedBackend);
}

/** kuma, pkg/plugins/policies/meshhttproute/api/v1alpha1/validation.go; routing.md 2.3. */
function validate({ targetRef, to = [] }: Spec, validation: Validation): void {
  checkTopTargetRef(targetRef, { system: ['MeshGateway'], listenerTags: true }, validation);
  const gateway = targetRef?.kind === 'MeshGateway';
  const kinds = gateway ? ['Mesh'] : ['MeshService', 'MeshExternalService', 'MeshMultiZoneService'];
  for (const [index, { targetRef: ref, rules, hostnames = [] }] of to.entries()) {
    const path = `spec.to[${index}]`;
    checkTargetRef(ref, `${path}.targetRef`, { kinds }, validation);
    for (const [number, rule] of rules.entries()) checkRule(rule, `${path}.rules[${number}]`, gateway, validation);
    if (!gateway && hostnames.length > 0) validation.report(`${path}.hostnames`, 'it must not be set');
  }
}

export const meshHttpRoute = defineRules({
  kind: 'MeshHTTPRoute',
  policy: true,
  go: {
    integers: { weight: 'uint64', 'requestRedirect.port': 'int32', statusCode: 'int64' },
    pointers: ['weight', 'headers.type'],
  },
  validate,
});
