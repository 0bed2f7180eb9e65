import type { Estate } from '@isthmus/istio';
import type { TargetVersion } from '@isthmus/kong-mesh';
import { defaultSettings, translate } from '@isthmus/translation';
import { serviceGraph } from '../graph/graph.ts';
import { concerns, servicesOf } from '../services.ts';
import { type BridgeFacts, bridgeFacts } from './facts.ts';
import { type BridgeSettings, defaultBridgeSettings } from './settings.ts';

/** What the bridge of an estate is computed from, with an import that is declared complete. */
export function factsOfEstate(
  estate: Estate,
  own: Partial<BridgeSettings> = {},
  target: TargetVersion = defaultSettings.target,
): BridgeFacts {
  const settings = { ...defaultSettings, complete: true, target };
  return bridgeFacts({
    estate,
    graph: serviceGraph(estate, settings),
    emitted: translate(estate, settings).emitted,
    concerns: concerns(estate, servicesOf(estate), settings.clusterDomain),
    names: settings,
    settings: { ...defaultBridgeSettings, ...own },
  });
}

/**
 * Manifests, each ended by `---`, of a Deployment of the namespace `shop` and the Service that it answers for.
 * @param container what stands in its container beside its name
 * @param ports those of the Service
 */
export const shopWorkload = (name: string, container = '', ports = '[{port: 80, name: http}]'): string => `
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: shop}
spec: {selector: {app: ${name}}, ports: ${ports}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: shop}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {serviceAccountName: ${name}, containers: [{name: app${container}}]}
---
`;
