import type { AccessVerdict } from '@isthmus/contract';
import { type Outcome, OutcomeMark } from '../../ui/status.tsx';
import shared from '../../ui/verdicts.module.css';

/** Verdicts use the marks of the outcomes that mean the same to a reader. */
const markOf: Readonly<Record<AccessVerdict | 'accepted', Outcome>> = {
  accepted: 'inert',
  same: 'exact',
  narrower: 'approximate',
  undecided: 'approximate',
  wider: 'unsupported',
};

/** The mark alone, where the word stands beside it. */
export function VerdictMark({ verdict }: { verdict: AccessVerdict | 'accepted' }) {
  return <OutcomeMark outcome={markOf[verdict]} />;
}

/** Mark and word. */
export function VerdictLabel({ verdict }: { verdict: AccessVerdict | 'accepted' }) {
  return (
    <span className={shared.verdict}>
      <VerdictMark verdict={verdict} />
      {verdict}
    </span>
  );
}
