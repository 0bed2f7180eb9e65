export { type Amount, type Area, areas, type Check, type Examples, type PreflightSettings } from './check.ts';
export { plannedResource } from './planned.ts';
export { checks, findCheck } from './registry.ts';
export {
  type CheckReport,
  componentOf,
  type ReportedCheck,
  type ReportedFinding,
  reportOf,
  sentenceOf,
} from './report.ts';
export { type CheckResult, type Finding, preflight, type Tally, type TextOf } from './run.ts';
