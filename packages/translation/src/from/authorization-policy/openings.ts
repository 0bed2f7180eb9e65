import { codes } from '@isthmus/diagnostics';
import { type AuthorizationPolicy, overlaps, type PolicyScope, selects, type Workload } from '@isthmus/istio';
import { matchesLabels } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { dnsLabel } from '../../names.ts';
import type { SecurityView } from '../../security/view.ts';

/** Workloads that Istio leaves open, and the name of the permission that says so. */
export interface Opening {
  readonly name: string;
  readonly scope: PolicyScope;
}

const hasLabels = ({ labels }: PolicyScope): boolean => Object.keys(labels).length > 0;

/** The workloads of a namespace with their labels, those with equal ones once, by name. */
function distinct(workloads: readonly Workload[]): Workload[] {
  const byLabels = new Map<string, Workload>();
  for (const workload of [...workloads].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))) {
    const key = JSON.stringify(Object.entries(workload.labels).sort());
    if (!byLabels.has(key)) byLabels.set(key, workload);
  }
  return [...byLabels.values()];
}

function openWorkloads(
  context: Context,
  namespace: string,
  workloads: readonly Workload[],
  closing: readonly PolicyScope[],
  cutting: readonly PolicyScope[],
): Opening[] {
  const isClosed = (workload: Workload): boolean => closing.some((scope) => selects(scope, workload));
  return distinct(workloads).flatMap((workload) => {
    if (isClosed(workload)) return [];
    const other = workloads.find(
      (one) =>
        one !== workload &&
        matchesLabels(workload.labels, one.labels) &&
        (isClosed(one) || cutting.some((scope) => selects(scope, one) && !selects(scope, workload))),
    );
    if (other !== undefined) {
      context.report(
        codes.authorizationPolicy.notSeparable,
        { workload: workload.name, other: other.name },
        workload.resource,
      );
      return [];
    }
    return [
      { name: dnsLabel(`allow-all-${namespace}-${workload.name}`), scope: { namespace, labels: workload.labels } },
    ];
  });
}

/**
 * What no ALLOW policy closes, in the fewest permissions that hold nothing closed: the mesh, whole namespaces, else single
 * workloads by all of their labels (there is no negation in a targetRef).
 * @param closers ALLOW policies that close what they select
 * @param cutting scopes in which only some callers may stay allowed
 */
export function openingsOf(
  context: Context,
  view: SecurityView,
  closers: readonly AuthorizationPolicy[],
  cutting: readonly PolicyScope[],
): Opening[] {
  const closing = closers.map(({ scope }) => scope);
  const wide = (scope: PolicyScope): boolean => scope.namespace === undefined && !hasLabels(scope);
  if (closing.some(wide)) return [];
  if (closing.length === 0 && cutting.every(wide))
    return [{ name: 'allow-all', scope: { namespace: undefined, labels: {} } }];
  return view.namespaces.flatMap((namespace): Opening[] => {
    if (closing.some((scope) => scope.namespace === namespace && !hasLabels(scope))) return [];
    const workloads = view.workloadsIn(namespace).filter(({ inCluster }) => inCluster);
    const near = (scope: PolicyScope): boolean => overlaps(scope, { namespace, labels: {} });
    // A selector of the root namespace counts where it may select something; one of the namespace itself always.
    const narrow = [...closing, ...cutting].filter(
      (scope) =>
        hasLabels(scope) &&
        near(scope) &&
        (scope.namespace === namespace ||
          workloads.length === 0 ||
          workloads.some((workload) => selects(scope, workload))),
    );
    if (narrow.length === 0) return [{ name: dnsLabel(`allow-all-${namespace}`), scope: { namespace, labels: {} } }];
    if (workloads.length === 0) {
      context.report(codes.authorizationPolicy.restUnknown, { namespace }, undefined);
      return [];
    }
    return openWorkloads(context, namespace, workloads, closing.filter(near), cutting.filter(near));
  });
}

/** Says in one finding what was opened. */
export function reportOpenings(context: Context, openings: readonly Opening[]): void {
  if (openings.length === 0) return;
  const workloads = openings.filter(({ scope }) => hasLabels(scope)).length;
  const namespaces = openings.filter(({ scope }) => scope.namespace !== undefined).length - workloads;
  const some = (count: number, noun: string): string[] =>
    count === 0 ? [] : [`${count} ${noun}${count === 1 ? '' : 's'}`];
  const what = [...some(namespaces, 'namespace'), ...some(workloads, 'workload')].join(' and ') || 'the whole mesh';
  const { opened, openedInPart } = codes.authorizationPolicy;
  context.report(context.settings.complete ? opened : openedInPart, { count: openings.length, what }, undefined);
}
