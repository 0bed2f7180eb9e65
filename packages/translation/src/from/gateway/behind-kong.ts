import type { Forward, Mirror, Retries } from '@isthmus/behavior';
import { codes } from '@isthmus/diagnostics';
import { compileGateways, type RegistryService, retriesOf, type ServiceName, type ServicePort } from '@isthmus/istio';
import { meshServiceRef } from '@isthmus/kong-mesh';
import { effectiveNamespace } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { configOf, isGuessed } from '../../effective-config.ts';
import { child, type Field } from '../../field.ts';
import { oncePerContext } from '../../once.ts';
import { spokenProtocol } from '../../service-ports.ts';
import { subsetOf } from '../../subset-service.ts';
import { detoursOf } from '../egress-gateway/detours.ts';
import {
  hasSeveralPorts,
  homeOf,
  percentageOf,
  policyLabels,
  policyName,
  portTarget,
} from '../virtual-service/emit-http.ts';
import { retrySection } from '../virtual-service/retries.ts';
import type { Backend } from './read-action.ts';

/** A copy of requests, for a Service of the cluster. */
interface Copy {
  readonly to: ServiceName;
  readonly port: number;
  readonly percentage: number;
}

/** What Istio's gateways do with every request to a port of a Service, so that the sidecar of Kong can do it. */
interface Behind {
  readonly service: RegistryService;
  /** The Service itself, or that of a subset. */
  readonly as: ServiceName;
  readonly port: ServicePort;
  readonly retries: Retries | undefined;
  readonly mirrors: readonly Copy[];
}

const keyOf = ({ namespace, name }: ServiceName, port: number): string => `${namespace}/${name}:${port}`;

interface Found {
  readonly behind: Behind;
  /** What requests are told apart by: retries and copies, as text. */
  readonly ways: Set<string>;
}

/** The Service that a destination stands for; undefined where it is none that Kong sends to. */
function targetOf(
  context: Context,
  { host, subset, port }: Mirror['destination'],
): Pick<Behind, 'service' | 'as' | 'port'> | undefined {
  const service = configOf(context)
    .registry.withHost(host)
    .find(({ registry }) => registry === 'kubernetes');
  const own = service?.ports.find((one) => one.port === port);
  if (service === undefined || own === undefined || service.resolution === 'original' || isGuessed(context, service))
    return undefined;
  const name = { namespace: service.namespace, name: service.resource.name };
  const named = subset === undefined ? name : subsetOf(context, name, subset);
  if (named === 'unknown') return undefined;
  return { service, as: { namespace: name.namespace, name: named.name }, port: own };
}

function copiesOf(context: Context, mirrors: readonly Mirror[]): readonly Copy[] | undefined {
  const copies = mirrors.map(({ destination, percentage }) => {
    const target = destination.subset === undefined ? targetOf(context, destination) : undefined;
    return target && { to: target.as, port: target.port.port, percentage };
  });
  return copies.every((one) => one !== undefined) ? copies : undefined;
}

/**
 * The ports of Services that all requests through gateways are treated alike at. Up to 2.14 policies can be for gateways alone,
 * so that Kong's sidecar retries and mirrors in their place (edge.md 2.6); 3.0 has no word for them.
 */
const behindKong = oncePerContext((context: Context): ReadonlyMap<string, Behind> => {
  if (context.settings.target === '3.0') return new Map();
  const egress = new Set(detoursOf(context).gateways.keys());
  const ports = compileGateways(configOf(context)).filter(
    ({ gateways }) => !gateways.some((one) => egress.has(`${effectiveNamespace(one)}/${one.name}`)),
  );
  const found = new Map<string, Found>();
  // The Services that share the requests of a rule; undefined stands for what is no Service of the import.
  const rules: (readonly (string | undefined)[])[] = [];
  const note = ({ destinations, retries, mirrors }: Forward): void => {
    const copies = copiesOf(context, mirrors);
    const targets = destinations.map(({ destination }) => targetOf(context, destination));
    rules.push(targets.map((target) => target && keyOf(target.as, target.port.port)));
    for (const target of targets) {
      if (target === undefined) continue;
      const key = keyOf(target.as, target.port.port);
      const known = found.get(key) ?? {
        behind: { ...target, retries, mirrors: copies ?? [] },
        ways: new Set<string>(),
      };
      found.set(key, known);
      known.ways.add(JSON.stringify([retries, copies ?? 'nowhere']));
    }
  };
  for (const { table } of ports)
    for (const { routes } of table.virtualHosts)
      for (const { decision } of routes) if (decision.kind === 'forward') note(decision);
  const behind = new Map(
    [...found].flatMap(([key, one]) => {
      const [way, ...others] = one.ways;
      return others.length > 0 || way === undefined || way.endsWith('"nowhere"]') ? [] : [[key, one.behind] as const];
    }),
  );
  // A rule is treated as a whole, or a part of its requests would be copied and the rest not.
  for (let size = -1; size !== behind.size; ) {
    size = behind.size;
    for (const keys of rules)
      if (keys.some((key) => key === undefined || !behind.has(key))) for (const key of keys) behind.delete(key ?? '');
  }
  return behind;
});

/** Whether the sidecar of Kong does for all requests to these Services what Istio's gateway does. */
const areAllBehind = (context: Context, backends: readonly Backend[]): boolean =>
  backends.length > 0 &&
  backends.every(
    ({ namespace, service: name, port, weight }) =>
      (backends.length > 1 && (weight?.value ?? 0) === 0) || behindKong(context).has(keyOf({ namespace, name }, port)),
  );

/** Says of the retries of a rule where they are now. */
export function accountForRetries(context: Context, field: Field, backends: readonly Backend[]): void {
  if (!areAllBehind(context, backends)) {
    context.unsupported(field, codes.gateway.retries, {});
    return;
  }
  const lost = backends.flatMap(({ namespace, service: name, port: number }) => {
    const behind = behindKong(context).get(keyOf({ namespace, name }, number));
    return behind === undefined ? [] : (retrySection(behind.retries, spokenProtocol(behind.port, true))?.lost ?? []);
  });
  context.claim(field, 'approximate', codes.gateway.retriesBehind);
  context.report(codes.gateway.retriesBehind, {}, field);
  if (lost.length > 0)
    context.approximate(child(field, 'retryOn') ?? field, undefined, codes.virtualService.retryOn, {
      conditions: [...new Set(lost)].join(', '),
    });
}

/** Says of a part of a mirror where its copies are made now. */
export function accountForMirror(context: Context, field: Field, backends: readonly Backend[]): void {
  if (!areAllBehind(context, backends)) {
    context.unsupported(field, codes.gateway.mirror, {});
    return;
  }
  context.claim(field, 'approximate', codes.gateway.mirrorBehind);
  context.report(codes.gateway.mirrorBehind, {}, field);
}

const withoutHosts = (retries: Retries | undefined): Retries | undefined =>
  retries && { ...retries, previousHosts: 'omit' };

/** Emits policies for the sidecars of gateways alone, about Services whose requests Istio's gateways all treat alike. */
export function emitBehindKong(context: Context): void {
  const { settings } = context;
  const config = configOf(context);
  const usual = retriesOf(child(config.mesh.config, 'defaultHttpRetryPolicy'), false);
  for (const { service, as, port, retries, mirrors } of behindKong(context).values()) {
    const protocol = spokenProtocol(port, true);
    const home = homeOf(settings, service);
    const several = hasSeveralPorts(service);
    const emit = (stage: 'routing' | 'resilience', kind: string, item: Readonly<Record<string, unknown>>): void =>
      context.emit({
        role: 'resource',
        stage,
        object: {
          apiVersion: 'kuma.io/v1alpha1',
          kind,
          metadata: {
            name: policyName(as.name, several ? String(port.port) : '', 'behind-gateways'),
            namespace: home,
            labels: policyLabels(settings, home),
          },
          spec: {
            targetRef: { kind: 'Mesh', proxyTypes: ['Gateway'] },
            to: [{ targetRef: portTarget(context, service, as, several ? port : undefined), ...item }],
          },
        },
        services: [`${as.namespace}/${as.name}`],
      });
    const section = retrySection(retries, protocol);
    // Where Kong Mesh's own defaults are adopted, only what a person wrote is carried over.
    const told = settings.defaults === 'keep' ? retries : withoutHosts(retries);
    const differs = JSON.stringify(retrySection(told, protocol)) !== JSON.stringify(retrySection(usual, protocol));
    if (section !== undefined && differs) emit('resilience', 'MeshRetry', { default: { [protocol]: section.section } });
    if (mirrors.length === 0) continue;
    emit('routing', 'MeshHTTPRoute', {
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/' } }],
          default: {
            filters: mirrors.map(({ to, port: number, percentage }) => ({
              type: 'RequestMirror',
              requestMirror: {
                ...(percentage === 100 ? {} : { percentage: percentageOf(percentage) }),
                backendRef: { ...meshServiceRef(settings.target, to, home), port: number, weight: 1 },
              },
            })),
          },
        },
      ],
    });
  }
}
