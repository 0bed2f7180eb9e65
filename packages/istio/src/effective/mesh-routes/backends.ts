import { child, effectiveNamespace, type Field, items, type JsonObject, number, text } from '@isthmus/kubernetes';
import { carry, type Derivable, place } from '../derived.ts';
import { given, objectItems } from '../fields.ts';
import type { MeshSettings } from '../mesh-settings.ts';
import { RouteRefused } from './conversion.ts';

const weightOf = (backend: Field): number => number(given(backend, 'weight'))?.value ?? 1;

/** Whether requests have somewhere to go: the weights of the backends do not sum to zero. */
export const hasBackends = (refs: Field | undefined): boolean =>
  items(refs).reduce((sum, backend) => sum + weightOf(backend), 0) > 0;

/**
 * Where a backend leads; an empty host, which nobody answers for, where Istio knows no such kind
 * (istio/pilot/pkg/config/kube/gateway/conversion.go buildDestination, 1.32). Routes of the mesh need no ReferenceGrant.
 */
export function destinationOf(backend: Field, { clusterDomain }: MeshSettings): Derivable {
  const group = text(given(backend, 'group'))?.value ?? '';
  const kind = text(given(backend, 'kind'))?.value || 'Service';
  const nameField = text(child(backend, 'name'));
  const name = nameField?.value ?? '';
  const namespace = text(given(backend, 'namespace'));
  const isService = group === '' && kind === 'Service';
  const isImport = group === 'multicluster.x-k8s.io' && kind === 'ServiceImport';
  const isHostname = group === 'networking.istio.io' && kind === 'Hostname';
  if (!isService && !isImport && !isHostname) return carry(backend, { host: 'unknown-backend.invalid' });
  if (isService && name.includes('.'))
    throw new RouteRefused(nameField ?? backend, 'a backend is named by its Service, not by its host');
  if (isHostname && namespace !== undefined) throw new RouteRefused(namespace, 'a host has no namespace');
  const port = number(given(backend, 'port'));
  if (port === undefined) throw new RouteRefused(backend, 'a backend has a port');
  const home = namespace?.value ?? effectiveNamespace(backend.resource);
  const host = isHostname ? name : `${name}.${home}.svc.${clusterDomain}`;
  return {
    host: carry(backend, host),
    port: { number: carry(port, port.value) },
  };
}

/**
 * The destinations of a rule: those without weight are left out, a single one has all (buildHTTPDestination).
 * @param more what else the destination of a backend has
 */
export function destinationsOf(
  refs: Field | undefined,
  mesh: MeshSettings,
  more: (backend: Field<JsonObject>) => Readonly<Record<string, Derivable | undefined>> = () => ({}),
): Derivable[] {
  const used = objectItems(refs).filter((backend) => weightOf(backend) !== 0);
  return used.map((backend) => {
    const weight = given(backend, 'weight');
    return place(backend, {
      destination: carry(backend, destinationOf(backend, mesh)),
      ...(used.length > 1
        ? { weight: weight === undefined ? weightOf(backend) : carry(weight, weightOf(backend)) }
        : {}),
      ...more(backend),
    });
  });
}
