import type { ByMesh, ClusterConnection, KindProgress, MeshClaim, ObjectRef, ServiceEvidence } from '@isthmus/contract';

export const meshWords: Readonly<Record<MeshClaim, string>> = {
  istio: 'Istio',
  ambient: 'Istio ambient',
  'kong-mesh': 'Kong Mesh',
  both: 'both',
  none: 'none',
};

export const showsWords: Readonly<Record<ServiceEvidence['shows'], string>> = {
  istio: 'Istio',
  'kong-mesh': 'Kong Mesh',
  both: 'both meshes',
  'no-mesh': 'no mesh',
  'nothing-ready': 'nothing is ready',
  absent: 'not in the cluster',
};

/** `3 Istio, 1 Kong Mesh` of what is there; `–` where nothing is. */
export function byMeshWords(counts: ByMesh): string {
  const parts = (Object.keys(meshWords) as MeshClaim[]).flatMap((mesh) => {
    if (counts[mesh] === 0) return [];
    return [`${counts[mesh]} ${mesh === 'none' ? 'in no mesh' : mesh === 'both' ? 'in both' : meshWords[mesh]}`];
  });
  return parts.length === 0 ? '–' : parts.join(', ');
}

export function connectionWords(connection: ClusterConnection): string {
  switch (connection.kind) {
    case 'context':
      return `context ${connection.context}`;
    case 'in-cluster':
      return "the server's own cluster";
    case 'file':
      return `${connection.path}${connection.context === undefined ? '' : `, context ${connection.context}`}`;
  }
}

/** A name that a cluster can have, from one of a context: `arn:aws:eks:eu:1:cluster/shop` is `shop`. */
export function nameFrom(context: string): string {
  const [last = ''] = context.split(/[/@]/).slice(-1);
  const plain = last
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return plain.slice(0, 63).replace(/[-.]+$/, '') || 'cluster';
}

export const refWords = ({ namespace, name }: ObjectRef): string => (namespace === '' ? name : `${namespace}/${name}`);

export interface ReadSoFar {
  readonly kinds: number;
  readonly done: number;
  readonly objects: number;
  /** The largest that are still read. */
  readonly current: readonly KindProgress[];
}

/** How far the reading of a cluster is. */
export function readSoFar(progress: readonly KindProgress[]): ReadSoFar {
  return {
    kinds: progress.length,
    done: progress.filter(({ state }) => state === 'read' || state === 'failed').length,
    objects: progress.reduce((sum, { read }) => sum + read, 0),
    current: progress.filter(({ state }) => state === 'reading').sort((a, b) => b.read - a.read),
  };
}
