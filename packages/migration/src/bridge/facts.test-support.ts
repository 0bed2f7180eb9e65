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
