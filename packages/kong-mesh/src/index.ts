export { checkSchema, kindsOf } from './schema/check.ts';
export type { Violation } from './schema/structural.ts';
export { isTargetVersion, type TargetVersion, targetVersions } from './version.ts';
