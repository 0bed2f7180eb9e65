import { descend, type Field, number } from '@isthmus/kubernetes';
import type { Pod } from '../pods.ts';

/** The places that make the user's containers of a pod run as a user: each container's own, or the pod's. */
export function runsAs(pod: Pod, user: number): Field<number>[] {
  const ofPod = number(descend(pod.spec, 'securityContext', 'runAsUser'));
  const found = pod.containers.flatMap(({ field }) => {
    const own = number(descend(field, 'securityContext', 'runAsUser'));
    const inForce = own ?? ofPod;
    return inForce?.value === user ? [inForce] : [];
  });
  return [...new Map(found.map((field) => [field.path, field])).values()];
}
