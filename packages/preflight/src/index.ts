export { type Amount, type Area, areas, type Check, type Examples, type PreflightSettings } from './check.ts';
export { plannedResource } from './planned.ts';
export { checks, findCheck } from './registry.ts';
export {
  type CheckReport,
  type ReportedCheck,
  type ReportedFinding,
  reportOf,
  sentenceOf,
} from './report.ts';
export { type CheckResult, preflight } from './run.ts';
