import type { FanOut } from '@isthmus/contract';
import { fanOut } from '@isthmus/migration';
import type { PlanBasis } from '../plan-record.ts';
import { graphOf } from './plan.ts';
import type { Translated } from './snapshot.ts';

const known = new WeakMap<Translated, { readonly observed: string; readonly view: FanOut }>();

/** What each proxy holds and whom a change reaches; counted once for a snapshot and the traffic that was seen. */
export function fanOutView(snapshot: Translated, basis: PlanBasis): FanOut {
  const observed = JSON.stringify(basis.observed);
  const before = known.get(snapshot);
  if (before?.observed === observed) return before.view;
  const { estate, emitted, settings } = snapshot.translation;
  const found = fanOut({ estate, emitted, graph: graphOf(snapshot, basis), settings });
  const view: FanOut = {
    ...found,
    namespaces: [...found.namespaces],
    scopings: found.scopings.map((one) => ({ ...one, projection: [...one.projection] })),
    changes: [...found.changes],
    formulas: [...found.formulas],
    assumptions: [...found.assumptions],
  };
  known.set(snapshot, { observed, view });
  return view;
}
