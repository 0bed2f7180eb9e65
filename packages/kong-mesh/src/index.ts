export type { Violation } from '@isthmus/kubernetes';
export { checkSchema, kindsOf } from './schema/check.ts';
export { isTargetVersion, type TargetVersion, targetVersions } from './version.ts';
