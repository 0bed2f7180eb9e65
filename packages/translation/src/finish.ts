import { codes, type Diagnostic, diagnose } from '@isthmus/diagnostics';
import { type JsonObject, stringifyJson, type Violation } from '@isthmus/kubernetes';
import { placeOf, type Workings } from './context.ts';
import type { Finished } from './emission.ts';
import { type Emitted, type EmittedObject, stages } from './emitted.ts';
import type { Field } from './field.ts';
import { shortHash } from './names.ts';
import { isOfEdge } from './objection.ts';

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The source fields of a resource. */
const fieldsOf = ({ origins }: Finished): Field[] => [...origins.values()].flat();

const rank = (emitted: Emitted): number =>
  emitted.role === 'resource' ? stages.indexOf(emitted.stage) : stages.length + (emitted.role === 'patch' ? 0 : 1);

const nameOf = ({ object }: Emitted): string =>
  `${object.apiVersion}/${object.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;

interface Named {
  readonly one: Finished;
  readonly rank: number;
  readonly name: string;
}

/** Sorts by stage, kind, namespace and name. */
export function inApplyOrder(finished: readonly Finished[]): Named[] {
  const named = finished.map((one) => ({ one, rank: rank(one.emitted), name: nameOf(one.emitted) }));
  return named.sort((a, b) => a.rank - b.rank || compare(a.name, b.name));
}

/** Puts emissions in order. Of several with one name equal ones become one, others get names of their own. */
function settleNames(finished: readonly Finished[]): Finished[] {
  const sorted = inApplyOrder(finished);
  const byName = Map.groupBy(sorted, ({ one, name }) => `${one.emitted.role}/${name}`);
  if (byName.size === sorted.length) return sorted.map(({ one }) => one);
  const settled = [...byName.values()].flatMap((group) => settle(group.map(({ one }) => one)));
  return inApplyOrder(settled).map(({ one }) => one);
}

/** Emissions of one name. */
function settle(group: readonly Finished[]): readonly Finished[] {
  if (group.length === 1) return group;
  const result: Finished[] = [];
  const distinct = new Map<string, Finished>();
  for (const one of group) {
    const content = stringifyJson(one.emitted.object as unknown as JsonObject, { sortKeys: true });
    const same = distinct.get(content);
    if (same === undefined) distinct.set(content, one);
    else {
      distinct.set(content, {
        emitted: {
          ...same.emitted,
          services: [...new Set([...same.emitted.services, ...one.emitted.services])].sort(),
        },
        origins: new Map(
          [...new Set([...same.origins.keys(), ...one.origins.keys()])].map((path) => [
            path,
            [...(same.origins.get(path) ?? []), ...(one.origins.get(path) ?? [])],
          ]),
        ),
      });
    }
  }
  let first = true;
  for (const [content, one] of [...distinct].sort(([a], [b]) => compare(a, b))) {
    if (first || one.emitted.role === 'patch') result.push(one);
    else {
      const { object } = one.emitted;
      const name = `${object.metadata.name.slice(0, 54)}-${shortHash(content)}`;
      result.push({
        ...one,
        emitted: { ...one.emitted, object: { ...object, metadata: { ...object.metadata, name } } } as Emitted,
      });
    }
    first = false;
  }
  return result;
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
