import {
  compileKongGateway,
  type EdgeRequest,
  type KongDecision,
  type KongGatewayBehavior,
} from '@isthmus/kong-gateway';
import { isMap, type Json, type JsonObject, parseYaml } from '@isthmus/kubernetes';
import { canonical } from './envoy-settings.ts';
import type { Comparison, Suite } from './suite.ts';

const flavors = ['expressions', 'traditional_compatible'] as const;
type Flavor = (typeof flavors)[number];

interface Record_ {
  readonly id: string;
  readonly webhook: boolean;
  readonly resources: string;
  readonly listeners: JsonObject;
  readonly expressions: JsonObject;
  readonly traditional_compatible: JsonObject | 'same';
  readonly requests: readonly (EdgeRequest & Readonly<Record<Flavor, JsonObject | 'same'>>)[];
}

type Named = { readonly kind: string; readonly namespace: string; readonly name: string };
const nameOf = ({ kind, namespace, name }: Named): string => `${kind} ${namespace}/${name}`;

/** What is there of some facts; empty ones are not written. */
const present = (facts: Readonly<Record<string, Json | undefined>>): JsonObject =>
  Object.fromEntries(
    Object.entries(facts).filter(
      (entry): entry is [string, Json] =>
        entry[1] !== undefined && (entry[0] === 'routes' || Object.keys(entry[1] as object).length > 0),
    ),
  );

const listenersOf = ({ gateways }: KongGatewayBehavior): JsonObject =>
  Object.fromEntries(
    gateways.map(({ gateway, listeners }) => [
      `${gateway.namespace}/${gateway.name}`,
      Object.fromEntries(listeners.map(({ name, problems }) => [name, problems.length === 0 ? 'ok' : problems])),
    ]),
  );

const routesOf = ({ attachments }: KongGatewayBehavior): JsonObject =>
  Object.fromEntries(
    attachments.map(({ route, accepted, parents, hostnames, error }) => [
      nameOf(route),
      {
        accepted,
        ...(hostnames.length === 0 || route.kind !== 'HTTPRoute' ? {} : { hostnames }),
        ...(parents.length === 0
          ? {}
          : {
              parents: parents.map(
                ({ gateway, section, reason }) =>
                  `${gateway.namespace}/${gateway.name}${section === undefined ? '' : `#${section}`} ${reason}`,
              ),
            }),
        ...(error === undefined ? {} : { error }),
      },
    ]),
  );

const stateOf = (behavior: KongGatewayBehavior): JsonObject =>
  present({
    routes: routesOf(behavior),
    refusedByAdmission: Object.fromEntries(
      behavior.refusedByAdmission.map(({ route, message }) => [nameOf(route), message]),
    ),
    failures: behavior.failures.map(({ message, objects }) => `${message} [${objects.map(nameOf).join(', ')}]`).sort(),
    refusedByKong: [...behavior.refusedByKong].sort(),
  });

type Change = NonNullable<Extract<KongDecision, { kind: 'forward' }>['requestHeaders']>;

const changeOf = (change: Change | undefined): JsonObject | undefined =>
  change &&
  present({ set: Object.fromEntries(change.set), add: Object.fromEntries(change.add), remove: [...change.remove] });

function decisionOf({ by, ...decision }: KongDecision): JsonObject {
  const [first, ...others] = by?.matches ?? [];
  const { requestHeaders, responseHeaders, timeoutMs, ...rest } = decision as Extract<
    KongDecision,
    { kind: 'forward' }
  >;
  return {
    ...(rest as unknown as JsonObject),
    ...(timeoutMs === undefined || timeoutMs === 60_000 ? {} : { timeoutMs }),
    ...(requestHeaders === undefined ? {} : { requestHeaders: changeOf(requestHeaders) as JsonObject }),
    ...(responseHeaders === undefined ? {} : { responseHeaders: changeOf(responseHeaders) as JsonObject }),
    ...(by === undefined ? {} : { route: `${by.namespace}/${by.name}` }),
    ...(by === undefined || by.kind === 'HTTPRoute' ? {} : { routeKind: by.kind }),
    ...(first === undefined ? {} : { rule: first.rule, match: first.match }),
    ...(others.length === 0 ? {} : { orMatches: others.map(({ rule, match }) => [rule, match]) }),
    ...(by?.tie === true ? { tie: true } : {}),
  };
}

function* compare(record: Json): Iterable<Comparison> {
  const { id, webhook, resources, listeners, requests, ...states } = record as unknown as Record_;
  const objects = parseYaml(resources).flatMap(({ value }) => (isMap(value) ? [value] : []));
  for (const flavor of flavors) {
    const behavior = compileKongGateway(objects, { flavor, webhook });
    if (flavor === 'expressions') {
      const [expected, actual] = [canonical(listeners), canonical(listenersOf(behavior))];
      yield { case: `${id} listeners`, agrees: expected === actual, expected, actual };
    }
    const recorded =
      states[flavor] === 'same' ? states.expressions : { routes: states.expressions.routes, ...states[flavor] };
    const [expected, actual] = [canonical(recorded), canonical(stateOf(behavior))];
    yield { case: `${id} ${flavor}`, agrees: expected === actual, expected, actual };
    for (const { expressions, traditional_compatible, ...request } of requests) {
      const decision =
        flavor === 'expressions' || traditional_compatible === 'same' ? expressions : traditional_compatible;
      const ours = behavior.decide({ ...request, headers: request.headers ?? {} });
      const [wanted, found] = [canonical(decision as Json), canonical(decisionOf(ours))];
      yield {
        case: `${id} ${flavor} ${JSON.stringify(request)}`,
        agrees: wanted === found,
        expected: wanted,
        actual: found,
      };
    }
  }
}

/** What Kong's ingress controller makes of routes and where Kong's router, in either flavour, sends each request. */
export const kongGatewayRouting: Suite = { file: 'kong-gateway-routing', compare };
