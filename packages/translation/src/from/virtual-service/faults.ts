import type { Endpoints, Fault } from '@isthmus/behavior';
import { codes } from '@isthmus/diagnostics';
import type { CompiledRoute, RegistryService, ServicePort } from '@isthmus/istio';
import { matchesLabels } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { roleFor } from '../../effective-config.ts';
import type { Field } from '../../field.ts';
import { shortHash } from '../../names.ts';
import type { Backends } from './backends.ts';
import { isEverybody } from './client-units.ts';
import { durationText } from './durations.ts';
import { policyName } from './emit-http.ts';
import type { UnitSteps } from './layout.ts';

type Workloads = Endpoints & { readonly kind: 'workloads' };

/** A fault that comes true for some requests at least, of a step that is reached. */
function faultOf(route: CompiledRoute | undefined): { readonly fault: Fault; readonly field: Field } | undefined {
  const decision = route?.route.decision;
  const field = route?.rule.settings.fault;
  if (decision?.kind !== 'forward' || decision.fault === undefined || field === undefined) return undefined;
  const { abort, delay } = decision.fault;
  return (abort?.percentage ?? 0) > 0 || (delay?.percentage ?? 0) > 0 ? { fault: decision.fault, field } : undefined;
}

const percentageOf = (percentage: number): number | string =>
  Number.isInteger(percentage) ? percentage : String(percentage);

/** Whether another Service selects the same pods, so that callers of that one would be hit too. */
const isShared = (context: Context, { namespace, labels }: Workloads): boolean =>
  context.services.all.filter(
    ({ namespace: own, selector }) =>
      own === namespace &&
      selector !== undefined &&
      Object.keys(selector).length > 0 &&
      matchesLabels(selector, labels),
  ).length > 1;

/** Whether a Service for a subset selects the same pods: 2.14 then draws several times for each request (routing.md 2.5). */
const isDrawnOften = ({ settings }: Context, backends: Backends, { host }: RegistryService): boolean =>
  settings.target === '2.14' && [...backends.subsets.values()].some(({ service }) => service.host === host);

/**
 * Faults on purpose. Kong Mesh makes them in the server, for all requests of all clients: that comes near to Istio's only where
 * every rule of the service says the same for every client and sends to the service itself (routing.md 3.3, T71, T72). Else they are lost.
 * @param units all clients of the port; those without steps have no rules
 */
export function translateFaults(
  context: Context,
  backends: Backends,
  service: RegistryService,
  port: ServicePort,
  units: readonly UnitSteps[],
): void {
  // Nearly all routes are without.
  if (!units.some((one) => one.steps.some(({ route }) => route?.rule.settings.fault !== undefined))) return;
  const steps = units.flatMap((one) => one.steps);
  const found = steps.flatMap(({ route }) => faultOf(route) ?? []);
  const [first] = found;
  if (first === undefined) return;
  const forwards = steps.filter(({ action }) => action.kind === 'forward');
  const isForAll = units.some(({ unit }) => isEverybody(unit)) && units.every((one) => one.steps.length > 0);
  const isEverywhere =
    found.length === forwards.length && new Set(found.map(({ fault }) => JSON.stringify(fault))).size === 1;
  const { abort, delay } = first.fault;
  const targets = new Map<string, Workloads>();
  // All ports of a server are hit.
  const isOnlyPort = service.ports.filter(({ protocol }) => protocol !== 'udp').length === 1;
  let canHit = isForAll && isEverywhere && isOnlyPort && abort?.grpcStatus === undefined;
  for (const { route } of forwards) {
    const decision = route?.route.decision;
    for (const { destination } of decision?.kind === 'forward' ? decision.destinations : [])
      if (destination.endpoints.kind === 'workloads' && destination.host === service.host)
        targets.set(JSON.stringify(destination.endpoints), destination.endpoints);
      else canHit = false;
  }
  const isCertain = (abort?.percentage ?? 100) === 100 && (delay?.percentage ?? 100) === 100;
  if (!isCertain && isDrawnOften(context, backends, service)) canHit = false;
  if ([...targets.values()].some((one) => isShared(context, one))) canHit = false;
  for (const { field } of found)
    if (canHit) context.approximate(field, undefined, codes.virtualService.faultOfServer, {});
    else context.unsupported(field, codes.virtualService.fault, {});
  if (!canHit) return;
  const http = [
    ...(delay === undefined
      ? []
      : [{ delay: { value: durationText(delay.duration), percentage: percentageOf(delay.percentage) } }]),
    ...(abort?.status === undefined
      ? []
      : [{ abort: { httpStatus: abort.status, percentage: percentageOf(abort.percentage) } }]),
  ];
  for (const { namespace, labels } of targets.values())
    context.emit({
      ...roleFor(context, service, 'resilience'),
      object: {
        apiVersion: 'kuma.io/v1alpha1',
        kind: 'MeshFaultInjection',
        metadata: {
          name: policyName(service.resource.name, String(port.port), shortHash(JSON.stringify(labels))),
          namespace,
          labels: { 'kuma.io/mesh': context.settings.mesh },
        },
        spec: {
          targetRef: { kind: 'Dataplane', labels },
          rules: [{ default: context.derived(first.field, { http }) }],
        },
      },
      services: [`${service.namespace}/${service.resource.name}`],
    });
}
