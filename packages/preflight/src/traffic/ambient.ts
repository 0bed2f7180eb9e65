import { codes } from '@isthmus/diagnostics';
import { child, descend, rootField, text } from '@isthmus/kubernetes';
import { namespaces, workloads } from '../amounts.ts';
import type { Check, Evidence } from '../check.ts';
import { called, idOf } from '../facts.ts';
import { labelOf } from '../pods.ts';

const mode = 'istio.io/dataplane-mode';
const waypoint = 'istio.io/use-waypoint';

export const ambient: Check = {
  id: 'ambient',
  holds: 'Nothing is in ambient mode',
  area: 'traffic',
  code: codes.preflight.ambient,
  examines:
    'labels of namespaces, Services and pods for ambient mode and waypoints, and Gateways of class `istio-waypoint`',
  examples: {
    failing: `apiVersion: v1
kind: Namespace
metadata:
  name: sales
  labels:
    istio.io/dataplane-mode: ambient
`,
    passing: `apiVersion: v1
kind: Namespace
metadata:
  name: sales
  labels:
    istio.io/dataplane-mode: none
    istio-injection: enabled
`,
  },
  run: (facts) => {
    const evidence: Evidence[] = [];
    const say = (resource: (typeof facts.namespaces)[number], key: string, services: readonly string[]): void => {
      const value = resource.labels[key];
      const at = descend(rootField(resource), 'metadata', 'labels', key) ?? resource;
      evidence.push({ found: `${called(resource)} has the label \`${key}: ${value}\`.`, at, services });
    };
    for (const namespace of facts.namespaces) {
      if (namespace.labels[mode] === 'ambient') say(namespace, mode, facts.servicesIn(namespace.name));
      const use = namespace.labels[waypoint];
      if (use !== undefined && use !== 'none') say(namespace, waypoint, facts.servicesIn(namespace.name));
    }
    for (const service of facts.services) {
      const use = service.resource.labels[waypoint];
      if (use !== undefined && use !== 'none') say(service.resource, waypoint, [idOf(service)]);
    }
    for (const pod of facts.pods) {
      const at = labelOf(pod, mode);
      if (at?.value !== 'ambient') continue;
      const found = `The pods of ${called(pod.resource)} have the label \`${mode}: ambient\`.`;
      evidence.push({ found, at, services: facts.servicesOf(pod) });
    }
    for (const gateway of facts.ofKind('gateway.networking.k8s.io', 'Gateway')) {
      const at = text(child(child(rootField(gateway), 'spec'), 'gatewayClassName'));
      if (at?.value === 'istio-waypoint')
        evidence.push({ found: `${called(gateway)} is a waypoint.`, at, services: [] });
    }
    return { examined: [namespaces(facts), workloads(facts)], evidence };
  },
};
