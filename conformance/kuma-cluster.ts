import { compileKongMesh, defaultPolicies, type KongMeshBehavior } from '@isthmus/kong-mesh';
import { isMap, type JsonObject, parseYaml } from '@isthmus/kubernetes';

const systemNamespace = 'kuma-system';

/** What every record of the Kuma files says about the cluster that was asked. */
export interface RecordedCluster {
  /** The mesh's name is the part before the number. */
  readonly id: string;
  readonly client: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
  readonly resources: string;
}

/** The objects of a cluster: those of the record, and the policies that its mesh brought. */
function objectsOf({ resources }: RecordedCluster, mesh: string): JsonObject[] {
  const written = parseYaml(resources).flatMap(({ value }) => (isMap(value) ? [value] : []));
  return [...written, ...defaultPolicies('2.14', mesh, systemNamespace)];
}

/** Compiles the cluster of a record as its control plane, Kuma 2.14, was set up. */
export function compileRecorded(cluster: RecordedCluster): KongMeshBehavior {
  const mesh = cluster.id.replace(/-\d+$/, '');
  return compileKongMesh(objectsOf(cluster, mesh), { version: '2.14', mesh, zone: 'default', systemNamespace });
}

/** A Service as records name it: with its namespace (`name.namespace`) where that may be another than the client's. */
export function serviceOf(written: string, client: RecordedCluster['client']): { namespace: string; name: string } {
  const [name = '', namespace = client.namespace] = written.split('.');
  return { namespace, name };
}
