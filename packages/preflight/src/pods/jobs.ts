import { codes } from '@isthmus/diagnostics';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { hasNativeSidecars } from '../clusters.ts';
import { called } from '../facts.ts';

const isJob = ({ kind }: { kind: string }): boolean => kind === 'Job' || kind === 'CronJob';

export const jobs: Check = {
  id: 'jobs',
  holds: 'Jobs complete',
  area: 'pods',
  code: codes.preflight.jobs,
  examines: 'Jobs and CronJobs, the target version and the versions of Nodes',
  examples: {
    failing: `apiVersion: batch/v1
kind: Job
metadata: {name: backfill, namespace: operations}
spec:
  template:
    spec: {containers: [{name: backfill}]}
`,
    passing: `apiVersion: batch/v1
kind: Job
metadata: {name: backfill, namespace: operations}
spec:
  template:
    metadata: {labels: {kuma.io/sidecar-injection: disabled}}
    spec: {containers: [{name: backfill}]}
`,
    settings: { target: '2.13' },
  },
  run: (facts) => {
    const isNative = hasNativeSidecars(facts);
    const all = facts.everyPod.filter(({ resource }) => isJob(resource));
    const evidence = facts.pods.flatMap((pod) => {
      if (isNative === true || !isJob(pod.resource)) return [];
      return {
        found: `The pods of ${called(pod.resource)} get a sidecar${isNative === undefined ? ', and the import does not say whether the nodes run Kubernetes 1.29 or later' : ''}.`,
        at: pod.resource,
        services: [],
        ...(isNative === undefined ? { severity: 'info' as const } : {}),
      };
    });
    return { examined: [amount(all.length, 'Job or CronJob', 'Jobs and CronJobs')], evidence };
  },
};
