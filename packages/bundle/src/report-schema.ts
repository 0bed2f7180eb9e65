import type { Diagnostic, Severity } from '@isthmus/diagnostics';
import type { AccessRow, VerdictRow } from '@isthmus/equivalence/tallies';
import type { LedgerField, Outcome, Target } from '@isthmus/translation';
import type { Report, ReportedAcceptance } from './report.ts';

type Schema = { readonly [keyword: string]: unknown };

const text: Schema = { type: 'string' };
const count: Schema = { type: 'integer', minimum: 0 };
const position: Schema = { type: 'integer', minimum: 1 };
const yes: Schema = { const: true };
const list = (items: Schema): Schema => ({ type: 'array', items });
const described = (schema: Schema, description: string): Schema => ({ ...schema, description });

/** A map of exactly the keys of a type, so that a key added to the type and not here does not compile. */
function map<T>(
  properties: { readonly [Key in keyof Required<T>]: Schema },
  optional: readonly (keyof T)[] = [],
): Schema {
  const required = Object.keys(properties).filter((key) => !optional.includes(key as keyof T));
  return { type: 'object', additionalProperties: false, required, properties };
}

const severities: Record<Severity, Schema> = { blocker: count, warning: count, info: count };
const outcomes: Record<Outcome, Schema> = {
  exact: count,
  approximate: count,
  unsupported: count,
  inert: count,
  untranslated: count,
};

const subject = { apiVersion: text, kind: text, namespace: text, name: text };
const field = map<LedgerField>(
  {
    path: described(
      text,
      'Such as spec.http[0].match[1].uri.prefix; a key that is no identifier stands in brackets as a JSON string.',
    ),
    outcome: { enum: Object.keys(outcomes) },
    code: text,
    targets: list(
      map<Target>(
        {
          resource: described(count, 'Index into resources.'),
          path: text,
          overridden: described(yes, 'A person changed what was translated there, or took it away.'),
        },
        ['overridden'],
      ),
    ),
  },
  ['code'],
);
const entry = map<Report['ledger'][number]>({
  resource: map<Report['ledger'][number]['resource']>(
    {
      ...subject,
      namespace: described(text, 'As written; empty where none is.'),
      file: text,
      line: position,
      cluster: described(text, 'The cluster that it is of, where it says so.'),
    },
    ['cluster'],
  ),
  fields: list(field),
});
type Related = NonNullable<Diagnostic['related']>[number];
const diagnostic = map<Report['diagnostics'][number]>(
  {
    code: { type: 'string', pattern: '^ISTHMUS-[A-Z]+-[0-9]{3}$' },
    severity: { enum: Object.keys(severities) },
    message: text,
    help: text,
    resource: map<NonNullable<Diagnostic['resource']>>(subject),
    file: text,
    line: position,
    column: position,
    path: text,
    related: list(map<Related>({ file: text, line: position, column: position, message: text }, ['line', 'column'])),
    accepted: described(
      map<ReportedAcceptance>({ reason: text, by: text, at: described(text, 'ISO 8601.') }),
      'Who accepted it, when and why; absent where nobody did.',
    ),
  },
  ['resource', 'file', 'line', 'column', 'path', 'accepted'],
);

type Counterexample = NonNullable<VerdictRow['counterexample']>;
type Side = Counterexample['before'];
const rule = map<NonNullable<Side['rule']>>({ kind: text, namespace: text, name: text, path: text });
const side = map<Side>({ decision: text, rule: described(rule, 'Absent where the mesh does it by itself.') }, ['rule']);
const aspect: Schema = { enum: ['routing', 'resilience'] };
const verdict = map<VerdictRow>(
  {
    service: described(text, '<namespace>/<name>'),
    port: position,
    clients: described(text, 'Those that are treated alike, in words.'),
    aspect,
    verdict: { enum: ['same', 'differs', 'undecided'] },
    sentence: text,
    counterexample: described(
      map<Counterexample>({
        client: map<Counterexample['client']>({
          namespace: text,
          labels: { type: 'object', additionalProperties: text },
        }),
        request: map<Counterexample['request']>({
          method: text,
          authority: text,
          path: text,
          headers: { type: 'object', additionalProperties: list(text) },
        }),
        before: side,
        after: side,
        differences: list(map<Counterexample['differences'][number]>({ what: text, before: text, after: text })),
      }),
      'A request that the meshes treat differently, with both decisions.',
    ),
    reason: described(text, 'Why it is undecided.'),
    predictedBy: described(list(text), 'Codes of the diagnostics that foretold the difference.'),
    accepted: described(text, 'Why somebody accepted it.'),
  },
  ['counterexample', 'reason', 'predictedBy', 'accepted'],
);

const accessVerdict = map<AccessRow>(
  {
    aspect: { enum: ['access', 'transport'] },
    workload: described(text, 'The workload that is called, <namespace>/<name>.'),
    port: described(count, 'Of the workload, not of a Service; 0 stands for every port that nothing declares.'),
    count: described(count, 'How many callers are treated alike; 1 for transport.'),
    callers: described(list(text), 'Some of them: <namespace>/<account>, or in words.'),
    bridge: described(yes, 'They come with a certificate of Istio, as during the bridge.'),
    before: text,
    after: text,
    verdict: { enum: ['same', 'narrower', 'wider', 'undecided'] },
    sentence: text,
    request: described(text, 'One that Istio refuses and Kong Mesh lets through.'),
    way: described(text, 'In a phase of the migration: the way that `after` is about, and whom the server sees.'),
    reason: described(text, 'Why it is undecided.'),
    rules: described(
      map<NonNullable<AccessRow['rules']>>({ before: list(rule), after: list(rule) }),
      'What decides; absent where no policy does.',
    ),
    predictedBy: described(list(text), 'Codes of the diagnostics that foretold a verdict other than same.'),
    accepted: described(text, 'Why somebody accepted it.'),
  },
  ['bridge', 'request', 'way', 'reason', 'rules', 'predictedBy', 'accepted'],
);

/**
 * The JSON Schema of the report, which docs/reference publishes.
 * @param targets the versions of Kong Mesh that a report may be for
 */
export function reportSchema(targets: readonly string[]): Schema {
  const source = map<Report['sources'][number]>({
    file: described(text, 'Relative to its argument, with /; - for standard input.'),
    documents: count,
    resources: count,
    skipped: list(
      map<Report['sources'][number]['skipped'][number]>({ line: position, kind: text, name: text, reason: text }),
    ),
  });
  const resource = map<Report['resources'][number]>(
    {
      ...subject,
      file: described(text, 'In the bundle.'),
      zone: described(text, 'The zone that it is for, where the import holds several clusters.'),
      global: described(yes, 'It is for the global control plane.'),
      patch: yes,
      draft: yes,
      overridden: map<NonNullable<Report['resources'][number]['overridden']>>(
        {
          change: { enum: ['edit', 'leave-out', 'add'] },
          paths: described(list(text), 'Fields that are not as they were translated.'),
          reason: text,
          by: text,
          at: described(text, 'ISO 8601.'),
        },
        ['by', 'at'],
      ),
    },
    ['zone', 'global', 'patch', 'draft', 'overridden'],
  );
  const summary = map<Report['summary']>({
    files: count,
    documents: count,
    skipped: count,
    istioResources: count,
    contextResources: count,
    fields: count,
    outcomes: map<Report['summary']['outcomes']>(outcomes),
    diagnostics: map<Report['summary']['diagnostics']>(severities),
    resources: count,
    patches: count,
    drafts: count,
  });
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Report of isthmus translate, version 1',
    ...map<Report>(
      {
        reportVersion: { const: 1 },
        target: { enum: targets },
        pseudonyms: described(yes, 'Names are replaced by pseudonyms, and reasons that people wrote are left out.'),
        sources: list(source),
        ledger: described(list(entry), 'One entry for each Istio resource, one field for each leaf.'),
        context: described(list(entry), "Istio's labels and annotations on other objects."),
        diagnostics: list(diagnostic),
        resources: described(list(resource), 'Each emitted object once.'),
        equivalence: described(
          list({ anyOf: [verdict, accessVerdict] }),
          'With --verify: a verdict for each service, port, group of clients and aspect, then for each workload, port and group of callers.',
        ),
        summary,
      },
      ['pseudonyms', 'equivalence'],
    ),
  };
}
