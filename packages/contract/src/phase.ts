/** The phases of a service in order; `rolled-back` is reached from `bridged` on. */
export const phases = [
  'discovered',
  'translated',
  'reviewed',
  'bridged',
  'shifting',
  'migrated',
  'retired',
  'rolled-back',
] as const;
