import type { JsonObject } from '@isthmus/kubernetes';
import type { TargetVersion } from '../version.ts';
import type { Catalog } from './catalog.ts';
import { type Destination, type DestinationKind, type DestinationPort, findPort } from './destination.ts';
import { label } from './labels.ts';
import type { Policy } from './policy.ts';
import { filledOf, numberOf, textsOf } from './value.ts';

/** What a reference to a backend comes to. */
export type Backend =
  | {
      readonly kind: 'backend';
      readonly destination: Destination;
      readonly port: DestinationPort;
      readonly weight: number;
      /** Whether the port was given by a number that is not its name. */
      readonly byNumber: boolean;
    }
  /** Labels that nothing has: as if the reference were not there, in 2.x. */
  | { readonly kind: 'unresolved'; readonly weight: number }
  /** It takes no part in the split: missing, without weight or without such a port. */
  | { readonly kind: 'left out'; readonly weight: number };

type Labels = Readonly<Record<string, string>>;

/** The oldest of a kind that has the labels (kuma, pkg/xds/context/destination_index.go). */
function oldest(catalog: Catalog, kind: string, labels: Labels): Destination | undefined {
  return catalog
    .withLabels(kind, labels)
    .reduce<Destination | undefined>(
      (found, one) => (found === undefined || one.created < found.created ? one : found),
      undefined,
    );
}

const destinationKinds = new Set(['MeshService', 'MeshExternalService', 'MeshMultiZoneService']);

/** 3.0 looks for a service that is named by its display name only in the policy's namespace (`realResourceSelector`). */
const inHome = (labels: Labels, { home }: Policy): Labels =>
  labels[label.displayName] && !labels[label.namespace] && home !== ''
    ? { ...labels, [label.namespace]: home }
    : labels;

/**
 * Finds what a `backendRefs[]` entry of a policy means (routing.md 2.0; kuma,
 * pkg/plugins/policies/core/rules/resolve/backendref.go and core/xds/meshroute/listeners.go `makeSplits`).
 *
 * @param allows whether a protocol can be a backend of this kind of route.
 */
export function resolveBackend(
  ref: JsonObject,
  policy: Policy,
  catalog: Catalog,
  version: TargetVersion,
  allows: (protocol: string) => boolean,
): Backend {
  const kind = filledOf(ref.kind) ?? '';
  const weight = numberOf(ref.weight) ?? 1;
  const number = numberOf(ref.port);
  const section = filledOf(ref.sectionName) ?? (number === undefined || number === 0 ? '' : String(number));
  const labels = textsOf(ref.labels) ?? {};
  const byLabels = Object.keys(labels).length > 0;
  // Without a port, 2.x takes a MeshService for the value of a tag that this mode has not.
  if (version !== '3.0' && kind === 'MeshService' && filledOf(ref.sectionName) === undefined && number === undefined)
    return { kind: 'left out', weight };
  if (!destinationKinds.has(kind)) return { kind: version === '3.0' ? 'unresolved' : 'left out', weight };
  if (version === '3.0' && !byLabels) return { kind: 'unresolved', weight };
  const destination = byLabels
    ? oldest(catalog, kind, version === '3.0' ? inHome(labels, policy) : labels)
    : catalog.find(
        kind as DestinationKind,
        policy.zone,
        filledOf(ref.namespace) ?? policy.home,
        filledOf(ref.name) ?? '',
      );
  if (destination === undefined) return { kind: byLabels ? 'unresolved' : 'left out', weight };
  const onlyPort = version === '3.0' && section === '' && destination.ports.length === 1;
  const port = onlyPort ? destination.ports[0] : findPort(destination, section);
  if (port === undefined || weight === 0 || !allows(port.protocol)) return { kind: 'left out', weight };
  return { kind: 'backend', destination, port, weight, byNumber: section !== '' && section !== port.name };
}
