import {
  comparable,
  compareRefs,
  deviationsFrom,
  differencesOf,
  driftOf,
  type FieldDifference,
  type ObjectRef,
  refKey,
  refOf,
  swapped,
} from '@isthmus/cluster/model';
import type {
  ChangedResource,
  ChangedVerdict,
  ChangedVerdicts,
  Changes,
  Decision,
  Phase,
  Settings,
} from '@isthmus/contract';
import { effectiveNamespace, type Json, type JsonObject, type Resource, stringifyJson } from '@isthmus/kubernetes';
import type { AcceptanceRecord, ApprovalRecord, ServiceState } from '@isthmus/store';
import type { PlanBasis } from '../plan-record.ts';
import { findingId, isAcceptable } from './acceptances.ts';
import { access } from './access.ts';
import { behaviour } from './behaviour.ts';
import { fieldChange } from './field-change.ts';
import type { Translated } from './snapshot.ts';

/** An object as it is compared. */
interface Held {
  readonly ref: ObjectRef;
  readonly print: string;
  readonly value: JsonObject;
  readonly cluster?: string | undefined;
  readonly file?: string | undefined;
  readonly index?: number | undefined;
}

type Holdings = ReadonlyMap<string, Held>;

// Where thousands of resources changed, nobody reads each; an answer of some megabytes is drawn at once.
const mostFields = (changed: number): number => (changed > 1000 ? 4 : 20);
const mostText = 160;

/** As the cluster names it: manifests may leave the namespace out. */
const sourceRef = (resource: Resource): ObjectRef => ({
  ...refOf(resource.object as JsonObject),
  namespace: effectiveNamespace(resource),
});

/**
 * How the two estates are laid beside each other: resources by their cluster, unless manifests of none are compared with
 * what one cluster holds. There each says what it says and the API server completes the rest.
 */
interface Comparison {
  readonly keyOf: (resource: Resource) => string;
  readonly differencesOf: (before: JsonObject, after: JsonObject, most: number) => FieldDifference[];
}

const byCluster: Comparison = {
  keyOf: (resource) => `${resource.source.cluster ?? ''} ${refKey(sourceRef(resource))}`,
  differencesOf,
};

function comparisonOf(before: Translated, after: Translated): Comparison {
  const [was, is] = [before, after].map(({ translation: { estate } }) => {
    const all = [estate.istio, estate.context].flatMap((list) => list.map(({ source }) => source.cluster));
    return new Set(all);
  }) as [Set<string | undefined>, Set<string | undefined>];
  const [one, none] = was.has(undefined) ? [is, was] : [was, is];
  if (none.size > 1 || !none.has(undefined) || one.size !== 1 || one.has(undefined)) return byCluster;
  return {
    keyOf: (resource) => ` ${refKey(sourceRef(resource))}`,
    // What was written is looked for in what the cluster holds, whichever of them is the newer one.
    differencesOf: (a, b, most) => (none === was ? deviationsFrom(a, b, most) : swapped(deviationsFrom(b, a, most))),
  };
}

function sourcesOf({ translation }: Translated, { keyOf }: Comparison): Holdings {
  const { istio, context } = translation.estate;
  const held = new Map<string, Held>();
  for (const [index, resource] of [...istio, ...context].entries()) {
    const { object, source } = resource;
    const { cluster, file } = source;
    const ref = sourceRef(resource);
    const value = comparable(object as JsonObject);
    const print = stringifyJson(value, { sortKeys: true });
    const isIstio = index < istio.length;
    held.set(keyOf(resource), {
      ref,
      print,
      value,
      cluster,
      file,
      index: isIstio ? index : undefined,
    });
  }
  return held;
}

function resultsOf({ translation }: Translated): Holdings {
  const held = new Map<string, Held>();
  for (const { object, place, role } of translation.emitted) {
    const value = object as unknown as JsonObject;
    const cluster = place?.kind === 'zone' ? place.zone : undefined;
    const print = stringifyJson(value, { sortKeys: true });
    const ref = refOf(value);
    held.set(`${cluster ?? place?.kind ?? ''} ${role} ${refKey(ref)}`, { ref, print, value, cluster });
  }
  return held;
}

const textOf = (value: Json): string => {
  const text = stringifyJson(value, { sortKeys: true });
  return text.length > mostText ? `${text.slice(0, mostText)}…` : text;
};

function fieldsOf(
  before: Held,
  after: Held,
  { differencesOf }: Pick<Comparison, 'differencesOf'>,
  most: number,
): Pick<ChangedResource, 'fields' | 'more'> {
  const found = differencesOf(before.value, after.value, 1000);
  const fields = found.slice(0, most).map((one) => ({
    ...fieldChange(one),
    ...('before' in one ? { before: textOf(one.before) } : {}),
    ...('after' in one ? { after: textOf(one.after) } : {}),
  }));
  return { fields, more: found.length - fields.length };
}

const nothing = { fields: [], more: 0 };

/** The changes from one set of objects to another, by kind and name. */
function changesOf(
  before: Holdings,
  after: Holdings,
  comparison: Pick<Comparison, 'differencesOf'> = byCluster,
): { rows: ChangedResource[]; counts: Changes['source'] } {
  // Both by the key that they have here, which is more than the reference: several clusters may hold one name.
  const keyed = (all: Holdings) =>
    new Map([...all].map(([key, held]) => [key, { ref: { ...held.ref, key }, print: held.print }]));
  const drift = driftOf(keyed(after), keyed(before), () => true);
  const row = (change: ChangedResource['change'], key: string): ChangedResource => {
    const [was, is] = [before.get(key), after.get(key)];
    const shown = (is ?? was) as Held;
    const { kind, namespace, name } = shown.ref;
    return {
      id: key,
      change,
      kind,
      namespace,
      name,
      ...(shown.cluster === undefined ? {} : { cluster: shown.cluster }),
      ...(shown.file === undefined ? {} : { file: shown.file }),
      ...(is?.index === undefined ? {} : { index: is.index }),
      ...(was !== undefined && is !== undefined
        ? fieldsOf(was, is, comparison, mostFields(drift.changed.length))
        : nothing),
    };
  };
  const keysOf = (refs: readonly ObjectRef[]): string[] => refs.map((ref) => (ref as ObjectRef & { key: string }).key);
  // What the API server completed in a manifest is no change.
  const changed = keysOf(drift.changed)
    .map((key) => row('changed', key))
    .filter(({ fields }) => fields.length > 0);
  const rows = [
    ...keysOf(drift.added).map((key) => row('added', key)),
    ...changed,
    ...keysOf(drift.gone).map((key) => row('removed', key)),
  ].sort((a, b) => compareRefs({ group: '', ...a }, { group: '', ...b }));
  const [added, removed] = [drift.added.length, drift.gone.length];
  return {
    rows,
    counts: { added, changed: changed.length, removed, same: after.size - added - changed.length },
  };
}

const known = new WeakMap<Translated, WeakMap<Translated, Omit<Changes, 'from' | 'to'>>>();

/** How the resources of two snapshots differ, and what is emitted from them. */
export function changes(before: Translated, after: Translated): Omit<Changes, 'from' | 'to'> {
  const ofAfter = known.get(after) ?? new WeakMap<Translated, Omit<Changes, 'from' | 'to'>>();
  known.set(after, ofAfter);
  const found = ofAfter.get(before);
  if (found !== undefined) return found;
  const comparison = comparisonOf(before, after);
  const source = changesOf(sourcesOf(before, comparison), sourcesOf(after, comparison), comparison);
  const result = changesOf(resultsOf(before), resultsOf(after));
  const value = { source: source.counts, result: result.counts, sources: source.rows, results: result.rows };
  ofAfter.set(before, value);
  return value;
}

/** What people decided about a migration. */
export interface Decisions {
  readonly states: readonly ServiceState[];
  readonly acceptances: readonly AcceptanceRecord[];
  readonly approvals: readonly ApprovalRecord[];
  readonly accepted: Settings['accepted'];
  readonly basis: PlanBasis;
  /** What approvals of the newer snapshot name. */
  readonly result: string;
}

interface Verdict {
  readonly subject: string;
  readonly aspect: ChangedVerdict['aspect'];
  readonly verdict: string;
  /** What a verdict is known again by: two that agree in it are the same. */
  readonly print: string;
  readonly sentence: string;
}

const worst = ['wider', 'undecided', 'narrower', 'accepted', 'same'];

/** The verdicts on a snapshot as far as they are known; compares some more with each call. */
function verdictsOf(snapshot: Translated, { states, accepted, basis }: Decisions) {
  const traffic = behaviour(snapshot, accepted, {});
  const calls = access(snapshot, {}, { states, accepted, basis });
  const verdicts = new Map<string, Verdict>();
  for (const row of traffic.rows)
    for (const aspect of ['routing', 'resilience'] as const) {
      const { verdict, same, others, sentence } = row[aspect];
      const print = JSON.stringify([verdict, same, others, sentence]);
      verdicts.set(`${aspect} ${row.service}`, { subject: row.service, aspect, verdict, print, sentence });
    }
  for (const [key, rows] of Map.groupBy(calls.rows, ({ aspect, workload }) => `${aspect} ${workload}`)) {
    const rank = (one: (typeof rows)[number]): number =>
      worst.indexOf(one.accepted === undefined ? one.verdict : 'accepted');
    const first = rows.reduce((a, b) => (rank(b) < rank(a) ? b : a));
    const print = JSON.stringify(
      rows.map(({ port, verdict, callers, before, after }) => [port, verdict, callers, before, after]),
    );
    const { workload: subject, aspect, sentence } = first;
    verdicts.set(key, { subject, aspect, verdict: worst[rank(first)] ?? first.verdict, print, sentence });
  }
  return {
    verdicts,
    compared: traffic.verified + calls.compared,
    total: traffic.services + calls.workloads,
    isComplete: traffic.complete && calls.complete,
  };
}

/** The services that a change of a resource is about, in either snapshot. */
function touched(before: Translated, after: Translated, rows: readonly ChangedResource[]): Set<string> {
  const ids = new Set(rows.map(({ id }) => id));
  const { keyOf } = comparisonOf(before, after);
  const services = new Set<string>();
  for (const { translation, concerns } of [before, after]) {
    const { istio } = translation.estate;
    const isChanged = istio.map((resource) => ids.has(keyOf(resource)));
    for (const [service, indexes] of concerns) if (indexes.some((index) => isChanged[index])) services.add(service);
  }
  for (const { kind, namespace, name } of rows) if (kind === 'Service') services.add(`${namespace}/${name}`);
  return services;
}

const reviewed: readonly Phase[] = ['reviewed', 'bridged', 'shifting', 'migrated', 'retired'];

function decisionsOn(
  before: Translated,
  after: Translated,
  of: Decisions,
  verdicts: readonly ChangedVerdict[],
): Decision[] {
  const { sources, results } = changes(before, after);
  const isTouched = touched(before, after, sources);
  const byVerdict = new Map(verdicts.map((one) => [one.subject, one]));
  const there = new Set(after.services.map(({ id }) => id));
  const emittedIn = new Set(results.map(({ namespace }) => namespace));
  /** Why a service is to be looked at again; undefined where nothing about it is another than it was. */
  const newsOf = (service: string): string | undefined => {
    if (!there.has(service)) return 'The newer snapshot does not have the service.';
    const verdict = byVerdict.get(service);
    if (verdict !== undefined)
      return `The verdict on ${verdict.aspect} is another: ${verdict.before ?? 'none'} before, ${verdict.after ?? 'none'} now.`;
    return isTouched.has(service) ? 'A resource that is about it has changed.' : undefined;
  };
  const unchanged = (service: string): string =>
    emittedIn.has(service.slice(0, service.indexOf('/')))
      ? 'Nothing that is about it has changed; other resources of its namespace have.'
      : 'Nothing that is about it has changed.';
  const phases = of.states.flatMap(({ service, phase, updatedBy, updatedAt }): Decision[] => {
    if (!reviewed.includes(phase as Phase)) return [];
    const news = newsOf(service);
    return [
      {
        id: `phase ${service}`,
        what: 'phase',
        subject: service,
        detail: phase,
        by: updatedBy,
        at: updatedAt,
        holds: news === undefined,
        why: news ?? unchanged(service),
        phase: phase as Phase,
      },
    ];
  });
  const approvals = of.approvals.map(({ service, by, at: when, snapshot }): Decision => {
    const holds = snapshot === of.result;
    const news = newsOf(service) ?? unchanged(service);
    return {
      id: `approval ${service} ${by}`,
      what: 'approval',
      subject: service,
      detail: 'approved',
      by,
      at: when,
      holds,
      why: holds ? 'It was given for the newer snapshot.' : `It was given for another result. ${news}`,
    };
  });
  const found = new Set(after.diagnostics.filter(isAcceptable).map(findingId));
  const findings = of.acceptances.map(({ finding, code, subject, by, at: when }): Decision => {
    const holds = found.has(finding);
    const why = holds
      ? 'The finding is there in the same words.'
      : 'The finding is gone, or says something else, which nobody has accepted.';
    return { id: `finding ${finding}`, what: 'finding', subject, detail: code, by, at: when, holds, why };
  });
  const differences = of.accepted.map(({ service, port, aspect, reason }, index): Decision => {
    const news = verdicts.find((one) => one.subject === service && one.aspect === aspect);
    return {
      id: `difference ${index}`,
      what: 'difference',
      subject: port === undefined ? service : `${service}:${port}`,
      detail: `${aspect}: ${reason}`,
      by: null,
      at: null,
      holds: news === undefined,
      why:
        news === undefined
          ? 'The verdict is the same.'
          : `The verdict is another: ${news.before ?? 'none'} before, ${news.after ?? 'none'} now.`,
    };
  });
  return [...phases, ...approvals, ...findings, ...differences];
}

/** How the verdicts on two snapshots differ, and which decisions stand; ask again until it is complete. */
export function changedVerdicts(before: Translated, after: Translated, of: Decisions): ChangedVerdicts {
  const [was, is] = [verdictsOf(before, of), verdictsOf(after, of)];
  const isComplete = was.isComplete && is.isComplete;
  const verdicts: ChangedVerdict[] = [];
  let same = 0;
  // What one side has and the other not yet is no difference.
  if (isComplete)
    for (const key of [...new Set([...was.verdicts.keys(), ...is.verdicts.keys()])].sort()) {
      const [old, now] = [was.verdicts.get(key), is.verdicts.get(key)];
      if (old?.print === now?.print) {
        same++;
        continue;
      }
      const { subject, aspect, sentence } = (now ?? old) as Verdict;
      verdicts.push({ id: key, subject, aspect, before: old?.verdict ?? null, after: now?.verdict ?? null, sentence });
    }
  return {
    complete: isComplete,
    compared: was.compared + is.compared,
    total: was.total + is.total,
    same,
    verdicts,
    decisions: isComplete ? decisionsOn(before, after, of, verdicts) : [],
  };
}
