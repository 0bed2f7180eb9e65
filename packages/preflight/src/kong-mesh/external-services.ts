import { child, descend, type Field, items, type Resource, text } from '@isthmus/kubernetes';
import type { Facts } from '../facts.ts';
import { specOf } from './target.ts';

/** What stands in the way of saying anything about zone egresses. */
export const notInstalled =
  'The import shows no resources of Kong Mesh, so that it does not tell what is installed. Import them as well: `kubectl get -A deploy,pods,meshes,meshtrafficpermissions -o yaml`.';

const label = 'k8s.kuma.io/zone-proxy-type';

/** Whether the import shows a zone egress: a ZoneEgress, or a workload that is one. */
export function showsZoneEgress({ ofKind, everyPod, settings }: Facts): boolean {
  return (
    ofKind('kuma.io', 'ZoneEgress').length > 0 ||
    everyPod.some(
      ({ labels, namespace, name }) =>
        labels[label] === 'egress' || (namespace === settings.systemNamespace && /-egress(?:-|$)/.test(name)),
    )
  );
}

/** The DNS names that the endpoints of a MeshExternalService have, if it carries HTTP. */
export function httpAddresses(resource: Resource): Field<string>[] {
  const spec = specOf(resource);
  const protocol = text(descend(spec, 'match', 'protocol'))?.value ?? 'tcp';
  if (!/^(?:http|http2|grpc)$/.test(protocol)) return [];
  return items(child(spec, 'endpoints'))
    .flatMap((endpoint) => text(child(endpoint, 'address')) ?? [])
    .filter(({ value }) => /[a-z]/i.test(value) && !value.includes(':'));
}
