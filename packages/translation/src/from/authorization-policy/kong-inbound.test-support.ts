import { type Json, type JsonObject, matchesLabels } from '@isthmus/kubernetes';
import type { Translation } from '../../translation.ts';

const map = (value: Json | undefined): JsonObject => (value ?? {}) as JsonObject;
const list = (value: Json | undefined): readonly Json[] => (value ?? []) as readonly Json[];

/** What the emitted policies make of one inbound of a proxy. */
export interface Inbound {
  readonly denies: (id: string) => boolean;
  readonly allows: (id: string) => boolean;
  readonly permissive: boolean;
}

/**
 * Reads the emitted permissions and MeshTLS by security.md 1.5 and 1.6, apart from the code under test.
 * @param section name of the inbound
 * @param drafts whether drafts count as applied
 */
export function kongInbound(
  translation: Translation,
  server: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
  section: string,
  drafts: boolean,
): Inbound {
  const proxy = { ...server.labels, 'k8s.kuma.io/namespace': server.namespace };
  const policies = translation.emitted
    .filter(({ role, object }) => (role === 'resource' || drafts) && object.apiVersion === 'kuma.io/v1alpha1')
    .map(({ object }) => object as unknown as JsonObject)
    .filter(({ spec }) => {
      const ref = map(map(spec).targetRef);
      const selected = matchesLabels(map(ref.labels) as Record<string, string>, proxy);
      return ref.kind === 'Mesh' || (selected && (ref.sectionName ?? section) === section);
    });
  const ofKind = (kind: string): JsonObject[] => policies.filter((one) => one.kind === kind);
  const rules = ofKind('MeshTrafficPermission').flatMap(({ spec }) =>
    list(map(spec).rules).map((rule) => map(map(rule).default)),
  );
  const any = (part: 'allow' | 'deny') => (id: string) =>
    rules.some((rule) =>
      list(rule[part]).some((one) => {
        const { type, value } = map(map(one).spiffeID);
        return type === 'Exact' ? id === value : id.startsWith(String(value));
      }),
    );
  const rank = ({ metadata, spec }: JsonObject): string => {
    const ref = map(map(spec).targetRef);
    return `${ref.sectionName === undefined ? 1 : 0}${ref.kind === 'Mesh' ? 1 : 0}${String(map(metadata).name)}`;
  };
  // A section beats a proxy, a proxy the mesh; then the smaller name.
  const sorted = ofKind('MeshTLS').sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
  const mode = map(map(list(map(sorted[0]?.spec).rules)[0]).default).mode;
  return { denies: any('deny'), allows: any('allow'), permissive: mode === 'Permissive' };
}
