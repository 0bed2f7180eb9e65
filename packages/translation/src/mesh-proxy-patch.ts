import { type Json, writeYaml } from '@isthmus/kubernetes';
import type { Context } from './context.ts';
import { type Traceable, Traced } from './trace.ts';

interface Match {
  readonly origin?: 'inbound' | 'outbound';
  readonly name?: string;
}

/** What is written for the resource, and in its stead or beside it: a part to merge, or steps. */
type Change = { readonly value: Traceable<Json> } | { readonly jsonPatches: readonly Traceable<Json>[] };

/** One change of a proxy's configuration by a MeshProxyPatch (edge.md 1.7); its kind of resource is the key. */
export type Modification =
  | { readonly cluster: { readonly operation: 'Add'; readonly value: Traceable<Json> } }
  | {
      readonly [Kind in 'cluster' | 'listener' | 'virtualHost']?: {
        readonly match: Match;
        readonly operation: 'Patch';
      } & Change;
    }
  | {
      readonly [Kind in 'networkFilter' | 'httpFilter']?: { readonly match: Match } & (
        | { readonly operation: 'Remove' }
        | ({ readonly operation: 'Patch' } & Change)
        | {
            readonly operation: 'AddFirst' | 'AddBefore';
            readonly value: Traceable<Json>;
          }
      );
    };

/** Resources of Envoy stand in a MeshProxyPatch as YAML inside a text. */
function asText(value: Traceable<Json>): Traceable<string> {
  return value instanceof Traced ? new Traced(writeYaml(value.value as Json), value.origins) : writeYaml(value as Json);
}

const withTexts = (modification: Modification): Traceable<unknown> =>
  Object.fromEntries(
    Object.entries(modification).map(([kind, change]) => [
      kind,
      'value' in change ? { ...change, value: asText(change.value as Traceable<Json>) } : change,
    ]),
  );

/**
 * Emits a MeshProxyPatch in the system namespace: what no policy of Kong Mesh says of a proxy's configuration. Names of
 * Istio's clusters, listeners and routes mean nothing in it; a JSON patch to an absent path fails the whole configuration
 * of the proxy (edge.md 1.7).
 * @param labels labels of the Dataplanes that it is for; none: all of the mesh
 */
export function emitMeshProxyPatch(
  context: Context,
  patch: {
    readonly name: string;
    readonly labels: Traceable<Readonly<Record<string, string>>>;
    readonly modifications: readonly Modification[];
    readonly services: readonly string[];
    /** Why a person must finish it first. */
    readonly draft?: string;
  },
): void {
  const { mesh, systemNamespace } = context.settings;
  const labels = patch.labels instanceof Traced ? patch.labels.value : patch.labels;
  context.emit({
    ...(patch.draft === undefined
      ? { role: 'resource', stage: 'resilience' }
      : { role: 'draft', stage: 'resilience', why: patch.draft }),
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind: 'MeshProxyPatch',
      metadata: {
        name: patch.name,
        namespace: systemNamespace,
        labels: { 'kuma.io/mesh': mesh, 'kuma.io/origin': 'zone' },
      },
      spec: {
        targetRef: Object.keys(labels).length === 0 ? { kind: 'Mesh' } : { kind: 'Dataplane', labels: patch.labels },
        default: { appendModifications: patch.modifications.map(withTexts) },
      },
    },
    services: patch.services,
  });
}
