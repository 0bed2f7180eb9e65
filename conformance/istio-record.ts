import type { Client } from '@isthmus/behavior';
import { type EffectiveConfig, effectiveConfig, takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';

/** What every record of the Istio files says about the cluster that was asked. */
export interface RecordedCluster {
  readonly id: string;
  readonly client: Client;
  readonly resources: string;
}

/** The effective configuration of the cluster of a record. */
export function configOf({ id, resources }: RecordedCluster): EffectiveConfig {
  return effectiveConfig(takeIn([readManifest(`${id}.yaml`, new TextEncoder().encode(resources))]));
}
