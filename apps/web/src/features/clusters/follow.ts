import type { Phase, Service, ServiceEvidence } from '@isthmus/contract';
import { changeService } from '../services/changes.ts';
import { forgetClusters } from './queries.ts';

/** Sets a service's phase to the one that the clusters show; undefined where they show no other. */
export async function followCluster(
  migration: string,
  seen: Service,
  evidence: ServiceEvidence | undefined,
): Promise<Phase | undefined> {
  const phase = evidence?.suggestion;
  if (phase === undefined) return undefined;
  const outcome = await changeService(migration, seen, { phase });
  if (outcome.kind === 'conflict') throw new Error('Somebody changed this service meanwhile. Look again.');
  await forgetClusters(migration);
  return phase;
}
