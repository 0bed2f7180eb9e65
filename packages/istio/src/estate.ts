import type { Diagnostic } from '@isthmus/diagnostics';
import type { Resource } from '@isthmus/kubernetes';
import type { UnreadKind } from './cluster-snapshot.ts';

/** An object that the import does not keep, with the reason; listed in the report's `sources`. */
export interface Skipped {
  readonly file: string;
  readonly line: number;
  readonly kind: string;
  readonly name: string;
  readonly reason: string;
}

/** An object of which the import holds another version that comes later in byte order of (path, position). */
export interface Superseded {
  readonly loser: Resource;
  readonly winner: Resource;
}

/** One file of the import. */
export interface SourceFile {
  readonly file: string;
  /** Documents that hold something, broken ones included. */
  readonly documents: number;
  /** Objects kept. */
  readonly resources: number;
}

/** What was read, sorted by its part in the migration. Lists are ordered by (file, position), so that input order never matters. */
export interface Estate {
  readonly sources: readonly SourceFile[];
  /** Istio's own objects, IstioOperator, the Sail operator's Istio, and the MeshConfig of an `istio` ConfigMap as a resource of its own. */
  readonly istio: readonly Resource[];
  /** Objects that give Istio's their meaning: Services, workloads, Namespaces, ServiceAccounts, Gateway API. */
  readonly context: readonly Resource[];
  readonly superseded: readonly Superseded[];
  readonly skipped: readonly Skipped[];
  readonly diagnostics: readonly Diagnostic[];
  /** What snapshots of clusters lack; absent where there is nothing of that kind. The import is not complete then. */
  readonly unread?: readonly UnreadKind[];
}

const byKind = new WeakMap<readonly Resource[], ReadonlyMap<string, readonly Resource[]>>();
const none: readonly Resource[] = [];

/** Those of an estate's resources that are of a kind, of whatever group; a list is sorted once. */
export function ofKind(resources: readonly Resource[], kind: string): readonly Resource[] {
  let kinds = byKind.get(resources);
  if (kinds === undefined) {
    kinds = Map.groupBy(resources, (resource) => resource.kind);
    byKind.set(resources, kinds);
  }
  return kinds.get(kind) ?? none;
}
