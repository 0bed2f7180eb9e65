import type { Rule } from '@isthmus/behavior';
import { effectiveNamespace, type Resource } from '@isthmus/kubernetes';
import type { Finding } from '../predictions.ts';
import type { ServerBefore } from './before.ts';
import type { Server } from './servers.ts';

/** What of a verdict decides which findings could have foretold it. */
export interface Foretold {
  readonly server: Server;
  readonly own: ServerBefore;
  /** The policies of Kong Mesh that decide. */
  readonly after: readonly Rule[];
  /** `plaintext`: callers without an identity, for whom transport decides; `identity`: all others. */
  readonly about: 'plaintext' | 'identity' | 'transport';
}

/**
 * Areas of codes (`ISTHMUS-<area>-<number>`) that speak of access: AuthorizationPolicies, policies of Kong Mesh in the import,
 * PeerAuthentications, RequestAuthentications, policies of any of these kinds.
 */
const areas: ReadonlySet<string> = new Set(['AP', 'EP', 'PA', 'RA', 'SEC']);
/** Identities are a draft: everybody's access depends on them. What else is said of the mesh's trust is about the bridge. */
const withoutIdentities = 'ISTHMUS-ID-002';
const areaOf = (code: string): string => code.split('-')[1] ?? '';

interface Named {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

const keyOf = ({ kind, namespace, name }: Named): string => `${kind} ${namespace || 'default'}/${name}`;
const named = (one: Resource): Named => ({ kind: one.kind, namespace: effectiveNamespace(one), name: one.name });

/** Whether a finding can be about such callers. */
function concerns({ code, severity }: Finding, about: Foretold['about']): boolean {
  const area = areaOf(code);
  // How plaintext is taken says nothing of those who have an identity, unless it closes the workload.
  if (area === 'PA') return about !== 'identity' || severity === 'blocker';
  return about !== 'transport' || area === 'EP' || code === withoutIdentities;
}

/**
 * Tells which findings foretold a verdict on access: those about the policies that decide in either mesh, about the
 * workload's namespace, or about the identities of the mesh. What speaks of routing foretells nothing here.
 */
export function accessPredictions(findings: readonly Finding[]): (of: Foretold) => readonly string[] {
  const byResource = new Map<string, Finding[]>();
  const everywhere: Finding[] = [];
  for (const finding of findings) {
    const { code, resource } = finding;
    if (code === withoutIdentities) everywhere.push(finding);
    if (resource === undefined || !areas.has(areaOf(code))) continue;
    const key = keyOf(resource);
    byResource.set(key, [...(byResource.get(key) ?? []), finding]);
  }
  const meshes = [...byResource].filter(([key]) => key.startsWith('Mesh ')).flatMap(([, found]) => found);
  return ({ server, own, after, about }) => {
    const subjects: Named[] = [
      ...own.policies.map(({ resource }) => named(resource)),
      ...own.authentications.map(named),
      ...own.peers.map(named),
      ...after,
      { kind: 'Namespace', namespace: '', name: server.namespace },
    ];
    const found = [...everywhere, ...meshes, ...subjects.flatMap((one) => byResource.get(keyOf(one)) ?? [])];
    return [...new Set(found.filter((one) => concerns(one, about)).map(({ code }) => code))].sort();
  };
}
