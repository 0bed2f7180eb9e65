import { isIstioGroup, type UnreadKind } from '@isthmus/istio';
import type { Facts } from './facts.ts';

/** Kinds that a check asked for, as `group/kind`; `istio` stands for all of Istio's. */
export type Asked = ReadonlySet<string>;

const workloads = [
  '/Pod',
  '/ReplicationController',
  'apps/DaemonSet',
  'apps/Deployment',
  'apps/ReplicaSet',
  'apps/StatefulSet',
  'argoproj.io/Rollout',
  'batch/CronJob',
  'batch/Job',
];
// Which pods join is decided by labels of namespaces.
const pods = [...workloads, '/Namespace'];
const services = [...pods, '/Service'];

const behind: Partial<Readonly<Record<keyof Facts, readonly string[]>>> = {
  config: ['istio', '/Service', '/Namespace', '/ConfigMap'],
  namespaces: ['/Namespace'],
  namespace: ['/Namespace'],
  namespaceJoins: ['/Namespace'],
  pods,
  select: pods,
  hasWorkloads: workloads,
  joining: pods,
  everyPod: workloads,
  running: ['/Pod'],
  services,
  index: ['/Service'],
  podsOf: services,
  servicesIn: services,
  showsKongMesh: ['kuma.io/*'],
};

/** Facts that note which kinds are asked for. */
export function watchFacts(facts: Facts): { readonly facts: Facts; readonly asked: Asked } {
  const asked = new Set<string>();
  const watched = new Proxy(facts, {
    get(target, name: keyof Facts) {
      for (const kind of behind[name] ?? []) asked.add(kind);
      if (name === 'ofKind')
        return (group: string, kind: string) => {
          asked.add(`${group}/${kind}`);
          return target.ofKind(group, kind);
        };
      if (name === 'kongMesh')
        return (kind: string) => {
          asked.add(`kuma.io/${kind}`);
          return target.kongMesh(kind);
        };
      return target[name];
    },
  });
  return { facts: watched, asked };
}

const isAsked = (asked: Asked, { group, kind }: UnreadKind): boolean =>
  asked.has(`${group}/${kind}`) ||
  asked.has(`${group}/*`) ||
  (kind === '*' && [...asked].some((one) => one.startsWith(`${group}/`))) ||
  (asked.has('istio') && isIstioGroup(group));

/** Why a check that found nothing has not passed: the first of the kinds it asked for that could not be read. */
export function lacks(asked: Asked, unread: readonly UnreadKind[]): string | undefined {
  const missing = unread.filter((one) => isAsked(asked, one));
  const [first] = missing;
  if (first === undefined) return undefined;
  const { kind, group, name, cluster, reason } = first;
  const what = kind === '*' ? `Kinds of ${group}` : name === undefined ? kind : `${kind} ${name}`;
  const others = missing.length > 1 ? `, and ${missing.length - 1} more that this check looks at` : '';
  return `${what} of the cluster ${cluster} could not be read${others}: ${reason}`;
}
