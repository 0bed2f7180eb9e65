import type { AccessRow } from '@isthmus/contract';
import { count, whole } from '../../text/format.ts';
import classes from './access.module.css';
import { type Sums, sumsOf, verdictsOf } from './rows.ts';
import { VerdictMark } from './verdict.tsx';

function Sum({ shown, all, noun }: { shown: number; all: number; noun: string }) {
  if (all === 0) return null;
  return (
    <span className="muted number">{shown === all ? count(all, noun) : `${whole(shown)} of ${count(all, noun)}`}</span>
  );
}

/**
 * The heading of the workloads that run as one account: the worst verdict, and what is shown of all their pairs and ports.
 * @param all of the account, whatever the filters; of what is compared so far
 */
export function AccountHeading(props: { account: string; rows: readonly AccessRow[]; all: Sums; isComplete: boolean }) {
  const { account, rows, all, isComplete } = props;
  const shown = sumsOf(rows);
  const found = verdictsOf(rows);
  const [worst] = found;
  return (
    <span className={classes.account}>
      {worst !== undefined && <VerdictMark verdict={worst.verdict} />}
      <span>
        <span className="muted">Account</span> <strong className="mono">{account.replace(/\/$/, '')}</strong>
        {account.endsWith('/') && <span className="muted">, name not in the import</span>}
      </span>
      <Sum shown={shown.access} all={all.access} noun="pair" />
      <Sum shown={shown.transport} all={all.transport} noun="port" />
      <span>{found.map(({ verdict, count: some }) => `${whole(some)} ${verdict}`).join(', ')}</span>
      {!isComplete && <span className="muted">so far</span>}
    </span>
  );
}
