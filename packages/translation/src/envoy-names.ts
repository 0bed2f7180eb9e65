import type { ServiceName, ServicePort } from '@isthmus/istio';
import type { Settings } from './settings.ts';

type Place = Pick<Settings, 'target' | 'mesh' | 'zone'>;

const legacyName = ({ mesh, zone }: Place, { namespace, name }: ServiceName, port: number): string =>
  `${mesh}_${name}_${namespace}_${zone}_msvc_${port}`;

const resourceIdentifier = ({ mesh, zone }: Place, { namespace, name }: ServiceName, section: string): string =>
  `kri_msvc_${mesh}_${zone}_${namespace}_${name}_${section}`;

const sectionOf = ({ name, port }: ServicePort): string => (name === '' ? String(port) : name);

/**
 * The names that clusters for a port of a MeshService have in a client's Envoy (kuma, core/resources/apis/core/destinationname
 * and meshroute/listeners.go, 2.14 and 3.0). In 2.x a data plane proxy has identifiers instead where it was started with unified
 * naming, so that both are listed; in 3.0 what names the port by its number in a `backendRef` has a cluster of its own.
 */
export function clusterNames(place: Place, service: ServiceName, port: ServicePort): string[] {
  const bySection = resourceIdentifier(place, service, sectionOf(port));
  if (place.target !== '3.0') return [legacyName(place, service, port.port), bySection];
  return [...new Set([bySection, resourceIdentifier(place, service, String(port.port))])];
}

/** The names of the virtual host of a port in a client's Envoy; see `clusterNames`. */
export function virtualHostNames(place: Place, service: ServiceName, port: ServicePort): string[] {
  const bySection = resourceIdentifier(place, service, sectionOf(port));
  return place.target === '3.0' ? [bySection] : [legacyName(place, service, port.port), bySection];
}
