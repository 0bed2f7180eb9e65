import { type Static, Type } from 'typebox';
import { Severity, SubjectRef, TargetVersion } from './common.ts';

/** One thing that fails a pre-flight check. */
export const CheckFinding = Type.Object({
  found: Type.String(),
  severity: Severity,
  resource: SubjectRef,
  /** Index into the snapshot's list of Istio resources, where it is one. */
  index: Type.Optional(Type.Integer()),
  /** Absent for what the translation emits. */
  file: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer()),
  column: Type.Optional(Type.Integer()),
  path: Type.Optional(Type.String()),
  /** The lines around the place; the first is `line` of the file. */
  excerpt: Type.Optional(Type.Object({ line: Type.Integer(), text: Type.String() })),
  /** Services (`ns/name`) that it is about. */
  services: Type.Array(Type.String()),
  /** A strategic-merge patch of an object of the user that settles it, as YAML. */
  patch: Type.Optional(Type.String()),
});
export type CheckFinding = Static<typeof CheckFinding>;

/** What a pre-flight check says of the snapshot. */
export const Check = Type.Object({
  /** The name of the check, such as `host-network`. */
  id: Type.String(),
  code: Type.String(),
  area: Type.String(),
  /** What does not hold where it failed, what holds where it passed or would. */
  title: Type.String(),
  state: Type.Enum(['passed', 'failed', 'skipped']),
  /** Of the worst finding; of the rule where there is none. */
  severity: Severity,
  /** What is looked at: completes "Looks at …". */
  examines: Type.String(),
  examined: Type.Array(Type.Object({ count: Type.Integer(), what: Type.String() })),
  /** Why it was skipped. */
  reason: Type.Optional(Type.String()),
  /** What failing means at run time. */
  effect: Type.String(),
  help: Type.String(),
  findings: Type.Array(CheckFinding),
  /** All findings; `findings` may hold only the first. */
  total: Type.Integer(),
  /** All patches as one Kustomize component. */
  component: Type.Optional(Type.String()),
});
export type Check = Static<typeof Check>;

export const CheckList = Type.Object({
  target: TargetVersion,
  summary: Type.Object({
    checks: Type.Integer(),
    passed: Type.Integer(),
    failed: Type.Integer(),
    skipped: Type.Integer(),
    /** Failed checks with a blocker, and the services that these are about. */
    blocking: Type.Integer(),
    blockedServices: Type.Integer(),
    findings: Type.Object({ blocker: Type.Integer(), warning: Type.Integer(), info: Type.Integer() }),
  }),
  /** The answer in a sentence. */
  sentence: Type.String(),
  checks: Type.Array(Check),
});
export type CheckList = Static<typeof CheckList>;

export const CheckQuery = Type.Object({
  /** How many findings of each check; with 0 only the results are told. */
  findings: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
  /** Only failed checks with findings about this service (`ns/name`), and only these findings. */
  service: Type.Optional(Type.String()),
});
export type CheckQuery = Static<typeof CheckQuery>;
