import { codes } from '@isthmus/diagnostics';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { wordsOf } from '../pods.ts';

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export const peersByName: Check = {
  id: 'peers-by-name',
  holds: 'Members of sets do not find each other through the mesh',
  area: 'services',
  code: codes.preflight.peers,
  examines: 'names of pods in commands, arguments and variables of StatefulSets',
  examples: {
    failing: `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: etcd, namespace: operations}
spec:
  serviceName: etcd
  template:
    metadata: {labels: {app: etcd}}
    spec:
      containers:
        - name: etcd
          args:
            - --initial-cluster=etcd-0=http://etcd-0.etcd:2380,etcd-1=http://etcd-1.etcd:2380
`,
    passing: `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: etcd, namespace: operations}
spec:
  serviceName: etcd
  template:
    metadata:
      labels: {app: etcd}
      annotations:
        traffic.kuma.io/exclude-inbound-ports: "2380"
        traffic.kuma.io/exclude-outbound-ports: "2380"
    spec:
      containers:
        - name: etcd
          args:
            - --initial-cluster=etcd-0=http://etcd-0.etcd:2380,etcd-1=http://etcd-1.etcd:2380
`,
  },
  run: (facts) => {
    const sets = facts.pods.filter(({ resource }) => resource.kind === 'StatefulSet');
    const evidence = sets.flatMap((pod) => {
      const { annotations, resource } = pod;
      const isExcluded = ['inbound', 'outbound'].every(
        (side) =>
          annotations[`traffic.kuma.io/exclude-${side}-ports`] !== undefined ||
          annotations[`traffic.sidecar.istio.io/exclude${side === 'inbound' ? 'Inbound' : 'Outbound'}Ports`] !==
            undefined,
      );
      // `etcd-0.etcd`, or the pod's own name before that of the Service.
      const name = new RegExp(`\\b${literal(resource.name)}-\\d+\\.[a-z]|\\$[({](?:HOSTNAME|POD_NAME)[)}]\\.[a-z]`);
      const at = pod.containers.flatMap(wordsOf).find(({ value }) => name.test(value));
      if (at === undefined || isExcluded) return [];
      return {
        found: `The pods of ${called(resource)} are told names of pods of the set.`,
        at,
        services: facts.servicesOf(pod),
      };
    });
    return { examined: [amount(sets.length, 'StatefulSet')], evidence };
  },
};
