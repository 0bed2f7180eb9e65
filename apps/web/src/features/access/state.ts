import type { WorkloadAccessQuery } from '@isthmus/contract';
import type { Search } from '../../ui/search.ts';

export const phases = ['recorded', 'discovered', 'bridged', 'migrated'] as const;

/** What the states of the migration are called; none is the last. */
export const phaseWords: Readonly<Record<string, string>> = {
  recorded: 'State: as far as services have come',
  discovered: 'State: Pods in Istio',
  bridged: 'State: Pods in both meshes',
  migrated: 'State: Pods in Kong Mesh',
};

export const bridges = ['gateways'] as const;
export const bridgeWords: Readonly<Record<string, string>> = { gateways: 'Crossing: by gateways' };

/** The state of the migration that an address asks for, and in which cluster; what it does not know is the last. */
export function stateOf({ cluster, phase, bridge }: Search): WorkloadAccessQuery {
  const where = cluster ? { cluster } : {};
  const known = phases.find((one) => one === phase);
  if (known === undefined) return where;
  return { ...where, phase: known, ...(bridge === 'gateways' ? { bridge } : {}) };
}

/** What is compared, in a sentence; undefined of the last state. */
export function stateInWords({ phase, bridge }: WorkloadAccessQuery): string | undefined {
  if (phase === undefined) return undefined;
  const across = bridge === 'gateways' ? 'by the gateways of both meshes' : 'from Pod to Pod';
  switch (phase) {
    case 'recorded':
      return `Each service where its recorded phase puts it; calls cross between the meshes ${across}.`;
    case 'discovered':
      return `While a service has its Pods in Istio, whatever mesh its callers are in; calls cross ${across}.`;
    case 'bridged':
      return `While a service has Pods in both meshes, whatever mesh its callers are in; calls cross ${across}.`;
    case 'migrated':
      return `Once a service has its Pods in Kong Mesh, whatever mesh its callers are in; calls cross ${across}.`;
  }
}
