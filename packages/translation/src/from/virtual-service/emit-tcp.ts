import type { Decision, RouteTable, WeightedDestination } from '@isthmus/behavior';
import { codes } from '@isthmus/diagnostics';
import type {
  CompiledService,
  EffectiveConfig,
  EffectiveConnectionRule,
  EffectiveVirtualService,
  RegistryService,
  ServicePort,
} from '@isthmus/istio';
import { meshServiceRef } from '@isthmus/kong-mesh';
import { child, effectiveNamespace } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { roleFor } from '../../effective-config.ts';
import type { Field } from '../../field.ts';
import { settleBinding } from './account.ts';
import type { Backend } from './action.ts';
import { type Backends, sectionOf } from './backends.ts';
import { type ClientUnit, routedClientsRef } from './client-units.ts';
import { hasSeveralPorts, homeOf, policyLabels, policyName, portTarget } from './emit-http.ts';

/** What some clients' connections to a port meet. */
export interface FoundConnections {
  readonly unit: ClientUnit;
  readonly compiled: CompiledService;
}

/** A rule of `tcp` or `tls` with its VirtualService. */
interface Rule {
  readonly virtualService: EffectiveVirtualService;
  readonly rule: EffectiveConnectionRule;
}

const forwards = ({ virtualHosts }: RouteTable): { decision: Decision; path: string; rule: string }[] =>
  virtualHosts.flatMap(({ routes }) =>
    routes.map(({ decision, rule }) => ({
      decision,
      path: rule?.path ?? '',
      rule: rule === undefined ? '' : `${rule.namespace}/${rule.name}`,
    })),
  );

function ruleAt(config: EffectiveConfig, name: string, path: string): Rule | undefined {
  const virtualService = config.virtualServices.all.find(
    ({ resource }) => `${effectiveNamespace(resource)}/${resource.name}` === name,
  );
  const rule = [...(virtualService?.tcp ?? []), ...(virtualService?.tls ?? [])].find(
    ({ field }) => path === field.path || path.startsWith(`${field.path}.`),
  );
  return virtualService === undefined || rule === undefined ? undefined : { virtualService, rule };
}

const destinationsKey = (destinations: readonly WeightedDestination[]): string =>
  JSON.stringify(destinations.map(({ destination, weight }) => [destination, weight]));

/** The backends of a unit, in the form that decides about equality, and where they were written. */
interface Split {
  readonly backends: readonly Backend[];
  readonly hosts: readonly Field[];
}

function splitOf(
  context: Context,
  config: EffectiveConfig,
  backends: Backends,
  service: RegistryService,
  port: ServicePort,
  { unit, compiled }: FoundConnections,
): Split | undefined {
  const found = forwards(compiled.table);
  const rules = found.map(({ rule, path }) => ruleAt(config, rule, path));
  const [first] = rules;
  const decision = found[0]?.decision;
  if (first === undefined || decision?.kind !== 'forward') return undefined;
  const isTls = compiled.table.virtualHosts.some(({ domains }) => !domains.includes('*'));
  const all = found.map((one) => (one.decision.kind === 'forward' ? destinationsKey(one.decision.destinations) : ''));
  const hosts = settleBinding(context, first.virtualService, service);
  for (const found of rules) {
    if (found === undefined) continue;
    settleConnectionRule(context, found.rule);
    if (!isTls) continue;
    for (const match of found.rule.matches)
      for (const name of match.sniHosts)
        if (new Set(all).size > 1) context.unsupported(name, codes.virtualService.serverNames, { host: service.host });
        else context.approximate(name, undefined, codes.virtualService.serverName, { host: service.host });
  }
  if (new Set(all).size > 1) return { backends: [nobody(backends, service, port)], hosts };
  const written =
    first.rule.route.length === 1
      ? first.rule.route
      : first.rule.route.filter(({ weight }) => (weight?.value ?? 0) > 0);
  const listed = decision.destinations.map(({ destination, weight }, index): Backend => {
    const entry = written[index] as (typeof written)[number];
    const target = backends.target(unit.client, destination, entry.destination, { service, port: port.port }, false);
    const from = [entry.destination.field, ...(entry.weight === undefined ? [] : [entry.weight])];
    if (target.kind !== 'service') return { ...nobody(backends, service, port), weight, from };
    const section = target.section === undefined ? {} : { section: target.section };
    return { service: target.service, port: target.port, ...section, weight, from };
  });
  return { backends: listed.length === 0 ? [nobody(backends, service, port)] : listed, hosts };
}

const nobody = (backends: Backends, service: RegistryService, port: ServicePort): Backend => ({
  service: backends.nobody(service),
  port: port.port,
  weight: 1,
  from: [],
});

function settleConnectionRule(context: Context, { field, matches }: EffectiveConnectionRule): void {
  context.settled(child(field, 'route'));
  for (const match of matches) {
    context.inert(child(match.field, 'sourceSubnet'), codes.virtualService.sourceSubnet, {});
    for (const key of ['port', 'sourceLabels', 'sourceNamespace', 'gateways', 'sniHosts'])
      context.settled(child(match.field, key));
  }
}

const splitKey = (split: Split | undefined): string =>
  JSON.stringify(split?.backends.map(({ service, port, weight }) => [service, port, weight]) ?? null);

/**
 * Emits the MeshTCPRoutes of a port whose bytes are passed on unread: the first rule of `tcp` that concerns a client, or the
 * rules of `tls` where all of them send to the same place, as Kong Mesh does not look at server names (routing.md 3.5).
 */
export function translateConnections(
  context: Context,
  config: EffectiveConfig,
  backends: Backends,
  service: RegistryService,
  port: ServicePort,
  found: readonly FoundConnections[],
): void {
  const splits = found.map((one) => splitOf(context, config, backends, service, port, one));
  if (splits.every((split) => split === undefined) || service.resolution === 'original') return;
  const own = { namespace: service.namespace, name: service.resource.name };
  const several = hasSeveralPorts(service);
  const keys = splits.map(splitKey);
  for (const [index, { unit }] of found.entries()) {
    const split = splits[index];
    const { within } = unit;
    const isNeeded = within.length === 0 ? split !== undefined : within.some((at) => keys[at] !== keys[index]);
    if (!isNeeded) continue;
    const home = homeOf(context.settings, service);
    const refs: readonly Backend[] = split?.backends ?? [
      { service: own, port: port.port, ...sectionOf(service, port.port), weight: 1, from: [] },
    ];
    const target = portTarget(context, service, own, several ? port : undefined);
    const hosts = split?.hosts ?? [];
    context.emit({
      ...roleFor(context, service, 'routing'),
      object: {
        apiVersion: 'kuma.io/v1alpha1',
        kind: 'MeshTCPRoute',
        metadata: {
          name: policyName(
            own.name,
            several ? String(port.port) : '',
            index === 0 ? '' : `clients-${String(found.length - index).padStart(3, '0')}`,
          ),
          namespace: home,
          labels: policyLabels(context.settings, home),
        },
        spec: {
          targetRef: routedClientsRef(context, unit),
          to: [
            {
              targetRef: hosts.length === 0 ? target : context.derived(hosts, target),
              rules: [
                {
                  default: {
                    backendRefs: refs.map(({ service: to, port: number, section, weight, from }) => {
                      const ref = {
                        ...meshServiceRef(context.settings.target, to, home),
                        ...(section === undefined ? {} : { sectionName: section }),
                        port: number,
                        weight,
                      };
                      return from.length === 0 ? ref : context.derived(from, ref);
                    }),
                  },
                },
              ],
            },
          ],
        },
      },
      services: [`${service.namespace}/${service.resource.name}`],
    });
  }
}
