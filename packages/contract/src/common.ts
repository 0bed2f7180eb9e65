import { type Static, Type } from 'typebox';
import { phases } from './phase.ts';

export const TargetVersion = Type.Union([Type.Literal('2.13'), Type.Literal('2.14'), Type.Literal('3.0')]);
export type TargetVersion = Static<typeof TargetVersion>;

export const Phase = Type.Unsafe<(typeof phases)[number]>(Type.Enum([...phases]));
export type Phase = (typeof phases)[number];

/** How resources of Kong Mesh are written: as objects of Kubernetes, or as `kumactl apply` takes them. */
export const ResourceForm = Type.Union([Type.Literal('kubernetes'), Type.Literal('universal')]);
export type ResourceForm = Static<typeof ResourceForm>;

/** The forms that bundles of a plan come in: between clusters the Universal one is for one zone. */
export const PlanForms = Type.Array(ResourceForm);

/** How many leaf fields have each outcome. */
export const Outcomes = Type.Object({
  exact: Type.Integer(),
  approximate: Type.Integer(),
  unsupported: Type.Integer(),
  inert: Type.Integer(),
  untranslated: Type.Integer(),
});
export type Outcomes = Static<typeof Outcomes>;

export const Severity = Type.Union([Type.Literal('blocker'), Type.Literal('warning'), Type.Literal('info')]);
export type Severity = Static<typeof Severity>;

export const SeverityCounts = Type.Object({
  blocker: Type.Integer(),
  warning: Type.Integer(),
  info: Type.Integer(),
});
export type SeverityCounts = Static<typeof SeverityCounts>;

export const SubjectRef = Type.Object({
  apiVersion: Type.String(),
  kind: Type.String(),
  namespace: Type.String(),
  name: Type.String(),
});
export type SubjectRef = Static<typeof SubjectRef>;

export const Related = Type.Object({
  file: Type.String(),
  line: Type.Optional(Type.Integer()),
  column: Type.Optional(Type.Integer()),
  message: Type.String(),
});

/** Who accepted a finding, when and why. */
export const Acceptance = Type.Object({ reason: Type.String(), by: Type.String(), at: Type.String() });
export type Acceptance = Static<typeof Acceptance>;

export const Diagnostic = Type.Object({
  /**
   * Names the finding for accepting it: the same words about the same field, wherever these stand in which file. Absent where
   * there is nothing to decide.
   */
  id: Type.Optional(Type.String()),
  accepted: Type.Optional(Acceptance),
  code: Type.String(),
  severity: Severity,
  message: Type.String(),
  help: Type.String(),
  resource: Type.Optional(SubjectRef),
  file: Type.Optional(Type.String()),
  line: Type.Optional(Type.Integer()),
  column: Type.Optional(Type.Integer()),
  path: Type.Optional(Type.String()),
  related: Type.Optional(Type.Array(Related)),
});
export type Diagnostic = Static<typeof Diagnostic>;

/** A resource's place in the snapshot's list of Istio resources, which its content fixes. */
export const ResourceRow = Type.Object({
  index: Type.Integer(),
  apiVersion: Type.String(),
  kind: Type.String(),
  namespace: Type.String(),
  name: Type.String(),
  file: Type.String(),
  line: Type.Integer(),
  outcomes: Outcomes,
  findings: SeverityCounts,
  /** Ids of the overrides of what its fields went to. */
  overrides: Type.Array(Type.String()),
});
export type ResourceRow = Static<typeof ResourceRow>;

/** One place where two values differ. */
export const FieldChange = Type.Object({
  /** `moved`: an element that has another place in the order of its list. */
  change: Type.Enum(['added', 'changed', 'removed', 'moved']),
  /** In the newer value; in the older one of what was removed. */
  path: Type.String(),
  /** In the older value, where that is another path: elements of a list come and go, and move. */
  from: Type.Optional(Type.String()),
});
export type FieldChange = Static<typeof FieldChange>;
