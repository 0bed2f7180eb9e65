import type { BehaviourState } from '@isthmus/contract';
import { type Outcome, OutcomeMark } from '../../ui/status.tsx';
import shared from '../../ui/verdicts.module.css';
import type { Filterable } from './rows.ts';

/** Verdicts use the marks of the outcomes that mean the same to a reader. */
const markOf: Readonly<Record<Filterable, Outcome>> = {
  same: 'exact',
  differs: 'unsupported',
  undecided: 'approximate',
  accepted: 'inert',
  unpredicted: 'unsupported',
};

/** Mark and word. */
export function VerdictLabel({ verdict }: { verdict: BehaviourState | 'unpredicted' }) {
  return (
    <span className={shared.verdict}>
      <OutcomeMark outcome={markOf[verdict]} />
      {verdict === 'unpredicted' ? 'not foretold' : verdict}
    </span>
  );
}

/** What two decisions do differently, for people. */
export const differenceWord = (what: string): string => (what === 'kind' ? 'outcome' : what);
