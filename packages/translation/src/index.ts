export { type Emitted, type EmittedObject, type EmittedRole, type Origin, type Stage, stages } from './emitted.ts';
export type { LedgerEntry, LedgerField, Outcome, Target } from './ledger.ts';
export {
  type FoundPlace,
  locateDiagnostics,
  type WantedPlace,
  wantedPlaces,
  withPlaces,
} from './locate-diagnostics.ts';
export { mayWiden } from './overrides/access.ts';
export { applyOverrides } from './overrides/apply.ts';
export { type Edit, type EditProblem, readEdit } from './overrides/edit.ts';
export { editorSchema } from './overrides/editor-schema.ts';
export { type FileProblem, readOverrides, writeOverrides } from './overrides/file.ts';
export { difference, isSame, type Operation, patched } from './overrides/json-patch.ts';
export { type AppliedOverride, type Override, type OverrideSubject, subjectKey } from './overrides/override.ts';
export { type Rebased, rebase } from './overrides/rebase.ts';
export {
  intended,
  type OverrideConflict,
  type OverrideState,
  subjectOf,
  subjectOfEmitted,
} from './overrides/state.ts';
export type { Place } from './place.ts';
export { type AcceptedDifference, defaultSettings, type Settings } from './settings.ts';
export { translate, translateBeside } from './translate.ts';
export type { Checker } from './translate-cluster.ts';
export type { Translation, ZoneTranslation } from './translation.ts';
