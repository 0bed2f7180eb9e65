import { codes, type Diagnostic, diagnose } from '@isthmus/diagnostics';
import { isMap, type Json, type JsonObject, stringifyJson, type Violation } from '@isthmus/kubernetes';
import { placeOf, type Workings } from './context.ts';
import type { Finished } from './emission.ts';
import { type Emitted, type EmittedObject, stages } from './emitted.ts';
import type { Field } from './field.ts';
import { shortHash } from './names.ts';
import { isOfEdge } from './objection.ts';

const compare = (a: string, b: string): number => (a < b ? -1 : a === b ? 0 : 1);

/** The source fields of a resource. */
const fieldsOf = ({ origins }: Finished): Field[] => origins.map(({ origin }) => origin);

const rank = (emitted: Emitted): number =>
  emitted.role === 'resource' ? stages.indexOf(emitted.stage) : stages.length + (emitted.role === 'patch' ? 0 : 1);

const nameOf = ({ object }: Emitted): string =>
  `${object.apiVersion}/${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;

interface Named {
  readonly one: Finished;
  readonly rank: number;
  readonly name: string;
}

/** Sorts by kind, namespace and name. */
function inOrderOfNames(finished: readonly Finished[]): Named[] {
  const named = finished.map((one) => ({ one, rank: rank(one.emitted), name: nameOf(one.emitted) }));
  return named.sort((a, b) => compare(a.name, b.name));
}

/** Those of each stage in the order that they have. */
function byStage(named: readonly Named[]): Finished[] {
  const ranks = [...Map.groupBy(named, ({ rank }) => rank)].sort(([a], [b]) => a - b);
  return ranks.flatMap(([, those]) => those.map(({ one }) => one));
}

/** Sorts by stage, kind, namespace and name. */
export const inApplyOrder = (finished: readonly Finished[]): Finished[] => byStage(inOrderOfNames(finished));

/**
 * Puts emissions in order. Of several with one name equal ones become one, and so do patches of one object, which translators
 * write that know nothing of each other; others get names of their own.
 */
function settleNames(finished: readonly Finished[]): Finished[] {
  const named = inOrderOfNames(finished);
  if (named.every(({ name }, index) => name !== named[index - 1]?.name)) return byStage(named);
  const byName = Map.groupBy(inApplyOrder(finished), (one) => `${one.emitted.role}/${nameOf(one.emitted)}`);
  return inApplyOrder([...byName.values()].flatMap(settle));
}

/** One emission instead of two, which is about all that these are about and comes from all that these come from. */
const united = (a: Finished, b: Finished, object: EmittedObject): Finished => ({
  emitted: {
    ...a.emitted,
    object,
    services: [...new Set([...a.emitted.services, ...b.emitted.services])].sort(),
  } as Emitted,
  origins: [...Map.groupBy([...a.origins, ...b.origins], ({ path }) => path).values()].flat(),
});

/** What two patches say together; undefined where they contradict each other, or where both have a list in one place. */
function merged(a: JsonObject, b: JsonObject): JsonObject | undefined {
  const result: Record<string, Json> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const before = Object.hasOwn(result, key) ? result[key] : undefined;
    const together =
      before === undefined || before === value
        ? value
        : isMap(before) && isMap(value)
          ? merged(before, value)
          : undefined;
    if (together === undefined) return undefined;
    result[key] = together;
  }
  return result;
}

/** Two patches of one object in one; undefined where they cannot be. */
function mergedPatch(a: Finished, b: Finished): Finished | undefined {
  const object = merged(a.emitted.object as unknown as JsonObject, b.emitted.object as unknown as JsonObject);
  return object && united(a, b, object as unknown as EmittedObject);
}

/** Patches of one object in as few as they can be said in. */
function mergePatches(group: readonly Finished[]): Finished[] {
  const result: Finished[] = [];
  for (const one of group) {
    const together = result.map((other) => mergedPatch(other, one));
    const at = together.findIndex((found) => found !== undefined);
    result[at === -1 ? result.length : at] = together[at] ?? one;
  }
  return result;
}

/** Emissions of one name. */
function settle(group: readonly Finished[]): readonly Finished[] {
  if (group.length === 1) return group;
  const distinct = new Map<string, Finished>();
  for (const one of group) {
    const content = stringifyJson(one.emitted.object as unknown as JsonObject, { sortKeys: true });
    const same = distinct.get(content);
    distinct.set(content, same === undefined ? one : united(same, one, same.emitted.object));
  }
  const sorted = [...distinct].sort(([a], [b]) => compare(a, b));
  if (group[0]?.emitted.role === 'patch') return mergePatches(sorted.map(([, one]) => one));
  return sorted.map(([content, one], index) => {
    if (index === 0) return one;
    const { object } = one.emitted;
    const name = `${object.metadata.name.slice(0, 54)}-${shortHash(content)}`;
    return {
      ...one,
      emitted: { ...one.emitted, object: { ...object, metadata: { ...object.metadata, name } } } as Emitted,
    };
  });
}

/**
 * Takes the marks out of the emissions and puts these in apply order. What the target version would refuse
 * is withheld with a blocker; its source fields then count as unsupported.
 */
export function finishEmissions(
  workings: Workings,
  objectionTo: (object: EmittedObject) => Violation | undefined,
): { finished: Finished[]; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const kept: Finished[] = [];
  for (const finished of workings.emissions) {
    const { object, role } = finished.emitted;
    const found = role === 'resource' ? objectionTo(object) : undefined;
    if (found === undefined) {
      // What stands in a draft is not carried over until a person has finished it.
      if (role === 'draft')
        for (const field of fieldsOf(finished))
          workings.ledger.claim(field, 'approximate', codes.translation.draft.code);
      kept.push(finished);
      continue;
    }
    const fields = fieldsOf(finished);
    for (const field of fields) workings.ledger.claim(field, 'unsupported', codes.translation.withheld.code);
    const what = { kind: object.kind, name: object.metadata.name, path: found.path, reason: found.message };
    const place = fields[0] === undefined ? {} : placeOf(fields[0]);
    diagnostics.push(
      isOfEdge(object)
        ? diagnose(codes.gateway.refusedAtEdge, what, place)
        : diagnose(codes.translation.withheld, { ...what, version: workings.context.settings.target }, place),
    );
  }
  return { finished: settleNames(kept), diagnostics };
}
