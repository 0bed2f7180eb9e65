export { type Amount, type Area, areas, type Check, type Examples, type PreflightSettings } from './check.ts';
export { plannedResource } from './planned.ts';
export { checks, findCheck } from './registry.ts';
export { type CheckResult, effectOf, type Finding, preflight, type Tally, type TextOf, tally } from './run.ts';
