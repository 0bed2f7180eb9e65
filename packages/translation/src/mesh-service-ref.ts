import type { ServiceName } from '@isthmus/istio';
import type { TargetVersion } from '@isthmus/kong-mesh';

/** A reference to a resource of Kong Mesh. */
export type Reference = { readonly kind: string } & Readonly<Record<string, unknown>>;

function named(kind: string, version: TargetVersion, { namespace, name }: ServiceName, home: string): Reference {
  if (version === '3.0') return { kind, labels: { 'k8s.kuma.io/namespace': namespace, 'kuma.io/display-name': name } };
  return namespace === home ? { kind, name } : { kind, name, namespace };
}

/**
 * How the target version names a Service's MeshService: by name up to 2.14, by labels from 3.0 on (routing.md 1.4).
 * @param home namespace of the policy, which the name is read in where the reference has none
 */
export const meshServiceRef = (version: TargetVersion, service: ServiceName, home: string): Reference =>
  named('MeshService', version, service, home);

/** How the target version names a MeshHTTPRoute of the policy's own namespace. */
export const routeRef = (version: TargetVersion, route: ServiceName): Reference =>
  named('MeshHTTPRoute', version, route, route.namespace);

/** How the target version names a MeshExternalService. */
export const externalRef = (version: TargetVersion, external: ServiceName, home: string): Reference =>
  named('MeshExternalService', version, external, home);
