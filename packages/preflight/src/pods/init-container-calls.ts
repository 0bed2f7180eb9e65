import { codes } from '@isthmus/diagnostics';
import { workloads } from '../amounts.ts';
import type { Check } from '../check.ts';
import { hasNativeSidecars } from '../clusters.ts';
import { called } from '../facts.ts';
import { annotationOf, wordsOf } from '../pods.ts';

// A URL with a host, or a name of the cluster, or a wait for a host and port; not one of the container itself.
const call =
  /\b(?:https?|grpc|tcp|amqps?|postgres(?:ql)?|mysql|redis|mongodb):\/\/(?!localhost\b|127\.)[\w[]|\.svc(?:\.|:|\b)|\bnc\s+(?:-\w+\s+)*[a-z][\w.-]*\s+\d+/;

export const initContainerCalls: Check = {
  id: 'init-container-calls',
  holds: 'Init containers reach what they call',
  area: 'pods',
  code: codes.preflight.initEgress,
  examines: 'commands, arguments and variables of init containers, the target version and the versions of Nodes',
  examples: {
    failing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    spec:
      initContainers:
        - name: migrate
          command: [migrate, "--database", "postgres://seats-db.sales.svc:5432/seats"]
      containers: [{name: seats}]
`,
    passing: `apiVersion: apps/v1
kind: Deployment
metadata: {name: seats, namespace: sales}
spec:
  template:
    spec:
      initContainers:
        - name: permissions
          command: [chown, "1000", /data]
      containers: [{name: seats}]
`,
    settings: { target: '2.13' },
  },
  run: (facts) => {
    const isNative = hasNativeSidecars(facts);
    const evidence = facts.pods.flatMap((pod) => {
      if (isNative === true || annotationOf(pod, 'kuma.io/init-first') !== undefined) return [];
      return pod.containers.flatMap((container) => {
        const at = container.isInit ? wordsOf(container).find(({ value }) => call.test(value)) : undefined;
        if (at === undefined) return [];
        return {
          found: `Init container \`${container.name}\` of ${called(pod.resource)} calls another service${isNative === undefined ? ', and the import does not say whether the nodes run Kubernetes 1.29 or later' : ''}.`,
          at,
          services: facts.servicesOf(pod),
          // With native sidecars it works, and those are the default where Kubernetes has them.
          ...(isNative === undefined ? { severity: 'info' as const } : {}),
        };
      });
    });
    return { examined: [workloads(facts)], evidence };
  },
};
