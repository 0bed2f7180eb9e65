import type { Workload } from '@isthmus/istio';
import { dnsLabel, shortHash } from '@isthmus/kubernetes';
import type { BridgedService, BridgeFacts } from './facts.ts';
import { remembered } from './remembered.ts';

interface Place {
  readonly namespace: string;
  readonly name: string;
}

const joined = ({ namespace, name }: Place): string => `${namespace}-${name}`;
const kindOf = ({ resource, namespace, name }: Workload): string => `${resource.kind} ${namespace}/${name}`;

/** The joined names that several things have: `b/c-d` and `b-c/d`, or a Deployment and a StatefulSet of one name. */
function shared(things: Iterable<readonly [joined: string, id: string]>): ReadonlySet<string> {
  const first = new Map<string, string>();
  const found = new Set<string>();
  for (const [name, id] of things) {
    if ((first.get(name) ?? id) !== id) found.add(name);
    first.set(name, id);
  }
  return found;
}

const unique = (name: string, id: string, several: ReadonlySet<string>): string =>
  several.has(name) ? `${name}-${shortHash(id)}` : name;

/** Namespace and name of a service in one, for objects of the system namespace: no other service has it. */
export function placeOfService(service: BridgedService, facts: BridgeFacts): string {
  const several = remembered(facts, 'names of services', () =>
    shared([...facts.services.values()].map((one) => [joined(one), one.id] as const)),
  );
  return unique(joined(service), service.id, several);
}

/** The same of a workload: no other workload behind a service has it, of whatever kind. */
export function placeOfWorkload(workload: Workload, facts: BridgeFacts): string {
  const several = remembered(facts, 'names of workloads', () =>
    shared(
      [...facts.services.values()].flatMap(({ workloads }) =>
        workloads.map((one) => [joined(one), kindOf(one)] as const),
      ),
    ),
  );
  return unique(joined(workload), kindOf(workload), several);
}

/** The name of a workload, for objects of its own namespace: no other workload of that namespace has it, of whatever kind. */
export function nameOfWorkload(workload: Workload, facts: BridgeFacts): string {
  const place = ({ namespace, name }: Workload): string => `${namespace}/${name}`;
  const several = remembered(facts, 'names within namespaces', () =>
    shared(
      [...facts.services.values()].flatMap(({ workloads }) =>
        workloads.map((one) => [place(one), kindOf(one)] as const),
      ),
    ),
  );
  return several.has(place(workload)) ? `${workload.name}-${shortHash(kindOf(workload))}` : workload.name;
}

/** The name of what the bridge adds beside a service in its own namespace. */
export const shiftName = ({ name }: BridgedService): string => dnsLabel(`${name}-bridge`);
