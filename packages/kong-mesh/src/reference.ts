import type { Json } from '@isthmus/kubernetes';
import type { TargetVersion } from './version.ts';

/** A reference to a resource of Kong Mesh. */
export type Reference = { readonly kind: string } & Readonly<Record<string, Json>>;

/** A resource by where it stands. */
interface Placed {
  readonly namespace: string;
  readonly name: string;
}

function named(kind: string, version: TargetVersion, { namespace, name }: Placed, home: string): Reference {
  if (version === '3.0') return { kind, labels: { 'k8s.kuma.io/namespace': namespace, 'kuma.io/display-name': name } };
  return namespace === home ? { kind, name } : { kind, name, namespace };
}

/**
 * How the target version names a Service's MeshService: by name up to 2.14, by labels from 3.0 on (routing.md 1.4).
 * @param home namespace of the policy, which the name is read in where the reference has none
 */
export const meshServiceRef = (version: TargetVersion, service: Placed, home: string): Reference =>
  named('MeshService', version, service, home);

/** How the target version names a MeshHTTPRoute of the policy's own namespace. */
export const routeRef = (version: TargetVersion, route: Placed): Reference =>
  named('MeshHTTPRoute', version, route, route.namespace);

/** How the target version names a MeshExternalService. */
export const externalRef = (version: TargetVersion, external: Placed, home: string): Reference =>
  named('MeshExternalService', version, external, home);
