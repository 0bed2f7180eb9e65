import { isMap } from '@isthmus/kubernetes';
import type { MigratingService } from '../services.ts';
import type { Surroundings } from './surroundings.ts';

/** A service that does not move, because Kong Mesh brings its own. */
export interface Replaced {
  readonly service: string;
  readonly reason: string;
}

const isControlPlane = ({ origin, resource }: MigratingService): boolean => {
  const spec = isMap(resource.object.spec) ? resource.object.spec : {};
  const selector = isMap(spec.selector) ? spec.selector : {};
  return origin === 'service' && (selector.app === 'istiod' || selector.istio === 'pilot');
};

/**
 * Services that are part of Istio itself: its control plane (istio/manifests/charts/istio-control, 1.32), and the pods
 * that Gateways configure.
 * @param gateways services by Gateway
 */
export function replacedServices(
  { services }: Surroundings,
  gateways: ReadonlyMap<string, readonly string[]>,
): Replaced[] {
  const ofGateways = new Set([...gateways.values()].flat());
  return services.flatMap((service) => {
    if (ofGateways.has(service.id))
      return [{ service: service.id, reason: 'a gateway of Istio, which Kong Gateway takes the place of' }];
    return isControlPlane(service) ? [{ service: service.id, reason: "Istio's control plane" }] : [];
  });
}
