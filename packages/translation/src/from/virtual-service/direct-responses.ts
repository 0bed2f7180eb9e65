import type { Decision, HeaderChanges, Predicate, TextMatch } from '@isthmus/behavior';
import { codes } from '@isthmus/diagnostics';
import type { CompiledRoute, RegistryService, ServicePort } from '@isthmus/istio';
import type { Json, JsonObject } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { roleFor } from '../../effective-config.ts';
import { virtualHostNames } from '../../envoy-names.ts';
import type { Field } from '../../field.ts';
import { everySidecar } from './client-units.ts';
import { hasSeveralPorts, policyLabels, policyName } from './emit-http.ts';
import type { Step } from './expand.ts';
import { overlap } from './match.ts';

type Respond = Extract<Decision, { kind: 'respond' }>;

/** Envoy refuses a longer body by default (RouteConfiguration.max_direct_response_body_size_bytes, 1.40). */
const longestBody = 4_096;
// A body of other bytes would not be a text of Envoy's.
const plain = /^[\t\n\r\x20-\x7e]*$/;

function stringMatch(match: Exclude<TextMatch, { kind: 'present' }>): JsonObject {
  if (match.kind === 'regex') return { safeRegex: { regex: match.pattern } };
  return { [match.kind]: match.value, ...(match.ignoreCase ? { ignoreCase: true } : {}) };
}

const condition = (match: TextMatch): JsonObject =>
  match.kind === 'present' ? { presentMatch: true } : { stringMatch: stringMatch(match) };

function pathMatch(path: TextMatch | undefined): JsonObject {
  if (path === undefined || path.kind === 'present') return { prefix: '/' };
  if (path.kind === 'regex') return { safeRegex: { regex: path.pattern } };
  return {
    [path.kind === 'exact' ? 'path' : 'prefix']: path.value,
    ...(path.ignoreCase ? { caseSensitive: false } : {}),
  };
}

/** A predicate of Istio's as Envoy has it, which is how Istio itself writes it (route.go TranslateRouteMatch, 1.32). */
function routeMatch({ path, method, authority, headers, queryParameters }: Predicate): JsonObject {
  const pseudo = [
    ...(method === undefined ? [] : [{ name: ':method', ...condition(method) }]),
    ...(authority === undefined ? [] : [{ name: ':authority', ...condition(authority) }]),
  ];
  const written = headers.map(({ name, match, invert, missingIsEmpty }) => ({
    name,
    ...condition(match),
    ...(invert ? { invertMatch: true } : {}),
    ...(missingIsEmpty ? { treatMissingHeaderAsEmpty: true } : {}),
  }));
  const all = [...pseudo, ...written];
  return {
    ...pathMatch(path),
    ...(all.length === 0 ? {} : { headers: all }),
    ...(queryParameters.length === 0
      ? {}
      : { queryParameters: queryParameters.map(({ name, match }) => ({ name, ...condition(match) })) }),
  };
}

function headerFields({ remove, set, add }: HeaderChanges): JsonObject {
  const written = [
    ...set.map(([key, value]) => ({ header: { key, value }, appendAction: 'OVERWRITE_IF_EXISTS_OR_ADD' })),
    ...add.map(([key, value]) => ({ header: { key, value }, appendAction: 'APPEND_IF_EXISTS_OR_ADD' })),
  ];
  return {
    ...(written.length === 0 ? {} : { responseHeadersToAdd: written }),
    ...(remove.length === 0 ? {} : { responseHeadersToRemove: [...remove] }),
  };
}

const routeOf = (predicate: Predicate, { status, body, responseHeaders }: Respond): Json => ({
  match: routeMatch(predicate),
  directResponse: { status, ...(body ? { body: { inlineString: body } } : {}) },
  ...(responseHeaders === undefined ? {} : headerFields(responseHeaders)),
});

/**
 * Why a route cannot be put in front of all others; undefined where it can.
 * @param before steps of the routes that Istio tries before it, but for those that are put in front themselves
 */
function obstacle(
  { route, rule, match }: CompiledRoute,
  own: readonly Step[],
  before: readonly Step[],
): string | undefined {
  const { predicate, decision } = route;
  if (decision.kind !== 'respond' || decision.fault !== undefined) return 'a fault comes before the answer';
  if (predicate.scheme !== undefined) return 'it asks for the scheme';
  const { body = '' } = decision;
  if (body.length > longestBody || !plain.test(body)) return `its body is no text of up to ${longestBody} characters`;
  const rival = before.find((step) => own.some((one) => overlap(step.match, one.match)));
  if (rival === undefined) return undefined;
  const at = rival.route?.match?.fields[0] ?? rival.route?.rule.field ?? match?.fields[0] ?? rule.field;
  return `${at.path}, which comes first, takes some of its requests`;
}

export interface DirectResponseOptions {
  /** Whether all clients have the same rules: patches of several policies for one proxy would mix. */
  readonly isForAll: boolean;
  /** Whether Kong Mesh answers 404 to what no other rule takes. */
  readonly answers404: boolean;
}

/**
 * Emits the answers that Istio's proxy gives by itself as routes in front of all others of a port's virtual host, by a
 * MeshProxyPatch (routing.md 2.13, 3.3): only what no rule in front of it takes. The rule itself refuses its requests all the
 * same, so that nothing else gets them where the patch does not find its place.
 * @returns the routes that are answered so
 */
export function translateDirectResponses(
  context: Context,
  service: RegistryService,
  port: ServicePort,
  routes: readonly CompiledRoute[],
  steps: readonly Step[],
  { isForAll, answers404 }: DirectResponseOptions,
): ReadonlySet<CompiledRoute> {
  if (!routes.some(({ route }) => route.decision.kind === 'respond')) return new Set();
  const byRoute = Map.groupBy(steps, ({ route }) => route);
  const before: Step[] = [];
  const patches: unknown[] = [];
  const answered = new Set<CompiledRoute>();
  const { mesh, zone } = context.settings;
  for (const route of routes) {
    const own = byRoute.get(route) ?? [];
    const { decision } = route.route;
    if (decision.kind !== 'respond') {
      before.push(...own);
      continue;
    }
    if (own.length === 0) continue;
    const field = route.rule.settings.directResponse as Field;
    if (answers404 && own.every(({ action }) => action.kind === 'unmatched')) {
      context.settled(field);
      answered.add(route);
      continue;
    }
    const isPatchable = service.registry === 'kubernetes' && service.resolution !== 'original';
    const why = !isPatchable
      ? 'the names of virtual hosts of Pods are not known'
      : isForAll
        ? obstacle(route, own, before)
        : 'other clients have other rules';
    if (why !== undefined) {
      context.unsupported(field, codes.virtualService.directResponse, { status: decision.status, why });
      before.push(...own);
      continue;
    }
    answered.add(route);
    const { status } = decision;
    context.approximate(field, undefined, codes.virtualService.directResponsePatched, {
      status,
      host: service.host,
      mesh,
      zone,
    });
    const from = [
      field,
      ...(route.match?.fields ?? []),
      ...(route.rule.settings.headers ? [route.rule.settings.headers] : []),
    ];
    patches.push(
      context.derived(from, {
        op: 'add',
        path: `/routes/${patches.length}`,
        value: routeOf(route.route.predicate, decision),
      }),
    );
  }
  if (patches.length === 0) return answered;
  const as = { namespace: service.namespace, name: service.resource.name };
  const several = hasSeveralPorts(service);
  const { systemNamespace } = context.settings;
  context.emit({
    ...roleFor(context, service, 'routing'),
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'MeshProxyPatch',
      metadata: {
        name: policyName(as.namespace, as.name, several ? String(port.port) : '', 'direct-responses'),
        // In the namespace of the service a patch would be for the proxies of that namespace only (routing.md 2.1).
        namespace: systemNamespace,
        labels: policyLabels(context.settings, systemNamespace),
      },
      spec: {
        targetRef: everySidecar(context),
        default: {
          appendModifications: virtualHostNames(context.settings, as, port).map((name) => ({
            virtualHost: { match: { origin: 'outbound', name }, operation: 'Patch', jsonPatches: patches },
          })),
        },
      },
    },
    services: [`${as.namespace}/${as.name}`],
  });
  return answered;
}
