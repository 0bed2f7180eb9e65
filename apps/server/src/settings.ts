import type { Settings } from '@isthmus/contract';

/** The settings of a new migration. */
export const newSettings: Settings = {
  target: '2.14',
  complete: false,
  mesh: 'default',
  zone: 'default',
  systemNamespace: 'kong-mesh-system',
  rootNamespace: 'istio-system',
  clusterDomain: 'cluster.local',
  defaults: 'keep',
  router: 'expressions',
  accepted: [],
};

/** Stored settings, completed by those that came with later versions. */
export const completeSettings = (stored: Readonly<Record<string, unknown>>): Settings => ({
  ...newSettings,
  ...(stored as Partial<Settings>),
});
