import type { BridgedCall, BridgedService, BridgeFacts } from './facts.ts';
import { remembered } from './remembered.ts';

/** The part of an estate that a state of the bridge is made for. */
export interface Scope {
  /** In the order of the facts. */
  readonly services: readonly BridgedService[];
  /** The likely calls that can cross between the meshes, those of other services too. */
  readonly calls: readonly BridgedCall[];
}

/**
 * Things whose objects several services may write: routes that send to them all, and workloads behind them all; of workloads the
 * names, because policies are called by these.
 */
function* sharedBy(service: BridgedService, facts: BridgeFacts): Generator<unknown> {
  yield* facts.routes.get(service.id) ?? [];
  for (const { namespace, name } of service.workloads) yield `${namespace}/${name}`;
}

function sharersOf(facts: BridgeFacts): ReadonlyMap<unknown, readonly string[]> {
  const found = new Map<unknown, string[]>();
  for (const service of facts.services.values())
    for (const thing of sharedBy(service, facts)) {
      const known = found.get(thing);
      if (known === undefined) found.set(thing, [service.id]);
      else known.push(service.id);
    }
  return found;
}

/**
 * The services of which objects may differ between two states in which only the named ones have come further: these, whom they
 * call and who calls them, because ways depend on both ends, and all who write to an object together with one of them. What is
 * made of these services alone differs between the states as the whole does.
 */
export function scopeOf(facts: BridgeFacts, moving: Iterable<string>): BridgedService[] {
  const near = new Set<string>();
  for (const id of moving) {
    near.add(id);
    for (const { from } of facts.callsTo.get(id) ?? []) near.add(from);
    for (const { to } of facts.callsFrom.get(id) ?? []) near.add(to);
  }
  const sharers = remembered(facts, 'sharers', () => sharersOf(facts));
  const found = new Set(near);
  for (const id of near) {
    const service = facts.services.get(id);
    if (service === undefined) continue;
    for (const thing of sharedBy(service, facts)) for (const other of sharers.get(thing) ?? []) found.add(other);
  }
  return [...facts.services.values()].filter(({ id }) => found.has(id));
}
