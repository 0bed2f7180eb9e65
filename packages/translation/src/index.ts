export { type Emitted, type EmittedObject, type EmittedRole, type Origin, type Stage, stages } from './emitted.ts';
export type { LedgerEntry, LedgerField, Outcome, Target } from './ledger.ts';
export {
  type FoundPlace,
  locateDiagnostics,
  type WantedPlace,
  wantedPlaces,
  withPlaces,
} from './locate-diagnostics.ts';
export { objectionTo } from './objection.ts';
export type { Place } from './place.ts';
export { type AcceptedDifference, defaultSettings, type Settings } from './settings.ts';
export { translate, translateBeside } from './translate.ts';
export type { Checker } from './translate-cluster.ts';
export type { Translation, ZoneTranslation } from './translation.ts';
