import { type Static, Type } from 'typebox';
import { Acceptance, Diagnostic, Outcomes, ResourceForm, ResourceRow, SeverityCounts, SubjectRef } from './common.ts';
import { ResourceOverride } from './overrides.ts';

const PhaseCounts = Type.Record(Type.String(), Type.Integer());

const Rolled = {
  services: Type.Integer(),
  /** Services with a blocker that nobody accepted. */
  blocked: Type.Integer(),
  resources: Type.Integer(),
  outcomes: Outcomes,
  findings: SeverityCounts,
  phases: PhaseCounts,
};

/** What services and resources add up to that have something in common. */
export const CoverageGroup = Type.Object(Rolled);
export type CoverageGroup = Static<typeof CoverageGroup>;

export const Overview = Type.Object({
  /** Istio resources in the snapshot, and how many of them carry over without a blocker. */
  resources: Type.Integer(),
  carriedResources: Type.Integer(),
  /** Leaf fields by outcome. */
  outcomes: Outcomes,
  /** All of them, and those of them that somebody accepted. */
  findings: SeverityCounts,
  accepted: SeverityCounts,
  /** Services, and how many of them have a blocker that nobody accepted. */
  services: Type.Integer(),
  blockedServices: Type.Integer(),
  phases: PhaseCounts,
  emitted: Type.Integer(),
  drafts: Type.Integer(),
  patches: Type.Integer(),
  /** What people decided about emitted resources, and how much of it has to be decided again. */
  overrides: Type.Integer(),
  unsettledOverrides: Type.Integer(),
  kinds: Type.Array(
    Type.Object({ kind: Type.String(), count: Type.Integer(), outcomes: Outcomes, findings: SeverityCounts }),
  ),
  /** Services and resources that are in a namespace. */
  namespaces: Type.Array(Type.Object({ namespace: Type.String(), ...Rolled })),
  /** Services of an owner (empty: of nobody), and the resources that are about any of them. */
  owners: Type.Array(Type.Object({ owner: Type.String(), ...Rolled })),
  /** The same of a wave of the plan (null: they stay in Istio), with the day on which it moves where the plan has a start. */
  waves: Type.Array(
    Type.Object({ wave: Type.Union([Type.Integer(), Type.Null()]), day: Type.Optional(Type.String()), ...Rolled }),
  ),
  /** Objects that were kept out, with the reason; the first 1,000. */
  skipped: Type.Array(
    Type.Object({
      file: Type.String(),
      line: Type.Integer(),
      kind: Type.String(),
      name: Type.String(),
      reason: Type.String(),
    }),
  ),
  skippedTotal: Type.Integer(),
});
export type Overview = Static<typeof Overview>;

/** What the snapshot holds of a cluster. */
export const Inventory = Type.Object({
  namespaces: Type.Array(
    Type.Object({
      name: Type.String(),
      /** What the namespace's labels ask for. */
      injection: Type.Enum(['istio', 'istio-revision', 'ambient', 'kong-mesh', 'disabled', 'none']),
      revision: Type.Optional(Type.String()),
      services: Type.Integer(),
      workloads: Type.Integer(),
    }),
  ),
  workloads: Type.Array(
    Type.Object({ kind: Type.String(), namespace: Type.String(), name: Type.String(), serviceAccount: Type.String() }),
  ),
  services: Type.Array(
    Type.Object({ namespace: Type.String(), name: Type.String(), ports: Type.Array(Type.String()) }),
  ),
  istioKinds: Type.Array(Type.Object({ apiVersion: Type.String(), kind: Type.String(), count: Type.Integer() })),
});
export type Inventory = Static<typeof Inventory>;

export const ResourceList = Type.Object({ resources: Type.Array(ResourceRow) });
export type ResourceList = Static<typeof ResourceList>;

/** A finding that somebody accepted. */
export const AcceptedFinding = Type.Object({
  /** The finding's `id`. */
  finding: Type.String(),
  code: Type.String(),
  severity: Type.String(),
  /** Where it was found, for people. */
  subject: Type.String(),
  message: Type.String(),
  ...Acceptance.properties,
  /** Whether the newest snapshot still has the finding in the same words. */
  current: Type.Boolean(),
});
export type AcceptedFinding = Static<typeof AcceptedFinding>;

export const AcceptedFindings = Type.Object({ acceptances: Type.Array(AcceptedFinding) });
export type AcceptedFindings = Static<typeof AcceptedFindings>;

export const NewAcceptance = Type.Object(
  {
    finding: Type.String({ pattern: '^[0-9a-f]{32}$' }),
    reason: Type.String({ minLength: 1, maxLength: 2000, pattern: '\\S' }),
  },
  { additionalProperties: false },
);
export type NewAcceptance = Static<typeof NewAcceptance>;

export const DiagnosticList = Type.Object({
  diagnostics: Type.Array(Diagnostic),
  total: Type.Integer(),
  /** How often each code was found, accepted or not; also where `diagnostics` holds only the first. */
  codes: Type.Array(Type.Object({ code: Type.String(), total: Type.Integer() })),
});
export type DiagnosticList = Static<typeof DiagnosticList>;

/** A span of text; lines and columns count from 1, the end is behind the last character. */
export const Span = Type.Object({
  line: Type.Integer(),
  column: Type.Integer(),
  endLine: Type.Integer(),
  endColumn: Type.Integer(),
  /** Where the field's key begins, if it stands on the first line; else where the value does. */
  keyColumn: Type.Integer(),
});
export type Span = Static<typeof Span>;

/** One Istio resource as the user wrote it. Spans and diagnostics' lines are those of `text`, whose first line is `line` of `file`. */
export const SourceDocument = Type.Object({
  index: Type.Integer(),
  resource: SubjectRef,
  file: Type.String(),
  line: Type.Integer(),
  text: Type.String(),
  /** Whether `text` is written anew, as YAML from line 1: the file has it on a line that is too long for people. */
  rewritten: Type.Boolean(),
  /** Ids of the overrides of what its fields went to. */
  overrides: Type.Array(Type.String()),
});
export type SourceDocument = Static<typeof SourceDocument>;

/** An override of a shown resource, with the lines that are not as they were translated. */
export const ShownOverride = Type.Object({ override: ResourceOverride, spans: Type.Array(Span) });
export type ShownOverride = Static<typeof ShownOverride>;

/** One emitted resource as the bundle holds it. */
export const TargetDocument = Type.Object({
  index: Type.Integer(),
  resource: SubjectRef,
  role: Type.Union([Type.Literal('resource'), Type.Literal('draft'), Type.Literal('patch')]),
  /** Why a draft is one. */
  why: Type.Optional(Type.String()),
  /** Its file in the bundle of the Kubernetes form. */
  file: Type.String(),
  /** As an object of Kubernetes, whatever form the file has it in. */
  text: Type.String(),
  /** The form that the file has it in; absent where that is the one of the text. */
  form: Type.Optional(ResourceForm),
  /** Which control plane it is for, where the import holds several clusters. */
  place: Type.Optional(Type.String()),
  /** Tells what the translation emits by itself from what it emitted before; absent where a person added the resource. */
  emitted: Type.Optional(Type.String()),
  /** What a person decided about it, also where that is not applied. */
  override: Type.Optional(ShownOverride),
});
export type TargetDocument = Static<typeof TargetDocument>;

const FieldTargets = Type.Array(
  Type.Object({
    /** Index into `after`. */
    document: Type.Integer(),
    path: Type.String(),
    span: Type.Optional(Span),
    /** A person changed what was translated there, or took it away. */
    overridden: Type.Optional(Type.Boolean()),
  }),
);

const FieldOutcome = Type.Enum(['exact', 'approximate', 'unsupported', 'inert', 'untranslated']);

/** One leaf of a source document: where it stands, what became of it, and where it went. */
export const FieldLink = Type.Object({
  /** Index into `before`. */
  document: Type.Integer(),
  path: Type.String(),
  span: Type.Optional(Span),
  outcome: FieldOutcome,
  code: Type.Optional(Type.String()),
  targets: FieldTargets,
});
export type FieldLink = Static<typeof FieldLink>;

/** A leaf of a resource that is not among the source documents, which went into what is emitted all the same. */
export const FieldElsewhere = Type.Object({
  resource: SubjectRef,
  /** Its index; absent where it is none of Istio's: an annotation of a Deployment, say. */
  index: Type.Optional(Type.Integer()),
  file: Type.String(),
  /** Of the file: where the field stands, else where its resource begins. */
  line: Type.Integer(),
  path: Type.String(),
  outcome: FieldOutcome,
  targets: FieldTargets,
});
export type FieldElsewhere = Static<typeof FieldElsewhere>;

/**
 * A finding in place: `document` is an index into `before`, its lines are those of the document's text. Without one it
 * speaks of something that is not shown (a document that cannot be read, a Service): its lines are those of its file, and
 * `excerpt` is the text there, whose first line is `line` of the file.
 */
export const PlacedDiagnostic = Type.Object({
  document: Type.Optional(Type.Integer()),
  diagnostic: Diagnostic,
  excerpt: Type.Optional(Type.Object({ line: Type.Integer(), text: Type.String() })),
});
export type PlacedDiagnostic = Static<typeof PlacedDiagnostic>;

/** Before and after of a service, a resource or a namespace. */
export const Workbench = Type.Object({
  /** What names the resource that was asked for, in later snapshots too; absent of services and namespaces. */
  resource: Type.Optional(Type.String()),
  title: Type.String(),
  before: Type.Array(SourceDocument),
  after: Type.Array(TargetDocument),
  fields: Type.Array(FieldLink),
  /** What else went into the emitted resources: of mesh-wide settings, of other services' routes on the same host. */
  elsewhere: Type.Array(FieldElsewhere),
  /** Resources of such fields left out because there are too many to show at once. */
  omittedElsewhere: Type.Integer(),
  findings: Type.Array(PlacedDiagnostic),
  /** Findings left out because there are too many to show at once. */
  omittedFindings: Type.Integer(),
  /** What the codes of fields and findings stand for, in a few words; sorted. */
  codes: Type.Array(Type.Object({ code: Type.String(), title: Type.String() })),
  outcomes: Outcomes,
  /** Documents left out because there are too many to show at once. */
  omitted: Type.Integer(),
});
export type Workbench = Static<typeof Workbench>;

/** The bridge as a Mermaid flowchart, computed from the snapshot and the services' phases. */
export const Bridge = Type.Object({
  mermaid: Type.String(),
  /** Whether services are grouped by namespace because there are more than 60 nodes. */
  grouped: Type.Boolean(),
  /** What the picture shows, for people who do not see it. */
  description: Type.String(),
  namespaces: Type.Array(Type.Object({ namespace: Type.String(), services: Type.Integer(), phases: PhaseCounts })),
});
export type Bridge = Static<typeof Bridge>;

/** One entry of the registry of codes. */
export const CodePage = Type.Object({
  code: Type.String(),
  severity: Type.String(),
  title: Type.String(),
  message: Type.String(),
  help: Type.String(),
  explanation: Type.String(),
  example: Type.Optional(Type.String()),
  /** Of a pre-flight check: what it looks at, and an input that passes. */
  examines: Type.Optional(Type.String()),
  passing: Type.Optional(Type.String()),
});
export type CodePage = Static<typeof CodePage>;

/** The registry of codes, in order. */
export const CodeList = Type.Object({
  codes: Type.Array(Type.Object({ code: Type.String(), severity: Type.String(), title: Type.String() })),
});
export type CodeList = Static<typeof CodeList>;
