import type { Outcomes, Severity, SeverityCounts } from '@isthmus/contract';
import { whole } from '../text/format.ts';
import classes from './status.module.css';

export type Outcome = keyof Outcomes;

/** The five outcomes in the order in which they are shown everywhere. */
export const outcomes: readonly Outcome[] = ['exact', 'approximate', 'unsupported', 'inert', 'untranslated'];

/** What an outcome of a field says, in a few words. */
export const outcomeWords: Readonly<Record<Outcome, string>> = {
  exact: 'carried over exactly',
  approximate: 'carried over with a difference',
  unsupported: 'cannot be carried over',
  inert: 'no effect in Istio either',
  untranslated: 'not translated yet',
};

export const severities: readonly Severity[] = ['blocker', 'warning', 'info'];

/** Blockers that nobody accepted. */
export const openBlockers = ({ findings, accepted }: { findings: SeverityCounts; accepted: SeverityCounts }): number =>
  findings.blocker - accepted.blocker;

/** Severities use the marks of the outcomes that mean the same to a reader. */
const markOf: Readonly<Record<Severity, Outcome>> = { blocker: 'unsupported', warning: 'approximate', info: 'inert' };

const shapes: Readonly<Record<Outcome, React.ReactNode>> = {
  exact: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  approximate: (
    <>
      <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="M6 1.5a4.5 4.5 0 0 0 0 9z" fill="currentColor" />
    </>
  ),
  unsupported: <path d="m2.5 2.5 7 7m0-7-7 7" fill="none" stroke="currentColor" strokeWidth="1.8" />,
  inert: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.4" />,
  untranslated: (
    <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.6" strokeDasharray="2.1 2.1" />
  ),
};

/** The mark of an outcome. It says nothing by itself: a word or an accessible name stands beside it. */
export function OutcomeMark({ outcome }: { outcome: Outcome }) {
  return (
    <svg className={classes.mark} viewBox="0 0 12 12" style={{ color: `var(--${outcome})` }} aria-hidden="true">
      {shapes[outcome]}
    </svg>
  );
}

export function SeverityMark({ severity }: { severity: Severity }) {
  return <OutcomeMark outcome={markOf[severity]} />;
}

/** Mark and word. */
export function SeverityLabel({ severity }: { severity: Severity }) {
  return (
    <span className={classes.label}>
      <SeverityMark severity={severity} />
      {severity}
    </span>
  );
}

/** Mark and word of what somebody accepted with a reason. */
export function AcceptedLabel() {
  return (
    <span className={classes.label}>
      <OutcomeMark outcome="inert" />
      accepted
    </span>
  );
}

/** A heading of a column of counts: the mark, with its meaning for those who hover or listen. */
export function OutcomeHeading({ outcome }: { outcome: Outcome }) {
  return (
    <span className={classes.label} title={`Fields ${outcomeWords[outcome]}`}>
      <OutcomeMark outcome={outcome} />
      {outcome}
    </span>
  );
}

/** A count that recedes where it is zero. */
export function Count({ value }: { value: number }) {
  return <span className={value === 0 ? 'number muted' : 'number'}>{whole(value)}</span>;
}

const findingWords = { blocker: ['blocker', 'blockers'], warning: ['warning', 'warnings'], info: ['info', 'infos'] };

/** Findings by severity in one line: ✕ 2 ◐ 4. Those that are zero are left out; "none" where all are. */
export function Findings({ counts }: { counts: SeverityCounts }) {
  const shown = severities.filter((severity) => counts[severity] > 0);
  if (shown.length === 0) return <span className="muted">none</span>;
  return (
    <span className={classes.counts}>
      {shown.map((severity) => (
        <span key={severity} className={classes.label} title={`${counts[severity]} ${severity}`}>
          <SeverityMark severity={severity} />
          <span className="number">{whole(counts[severity])}</span>
          <span className="unseen">{findingWords[severity][counts[severity] === 1 ? 0 : 1]}</span>
        </span>
      ))}
    </span>
  );
}

/** The outcomes of fields in one line, with their words for those who listen. */
export function OutcomeCounts({ counts }: { counts: Outcomes }) {
  const shown = outcomes.filter((outcome) => counts[outcome] > 0);
  if (shown.length === 0) return <span className="muted">no fields</span>;
  return (
    <span className={classes.counts}>
      {shown.map((outcome) => (
        <span key={outcome} className={classes.label} title={`${counts[outcome]} fields ${outcomeWords[outcome]}`}>
          <OutcomeMark outcome={outcome} />
          <span className="number">{whole(counts[outcome])}</span>
          <span className="unseen">{outcomeWords[outcome]}</span>
        </span>
      ))}
    </span>
  );
}

/** How many fields there are. */
export const fieldsOf = (counts: Outcomes): number => outcomes.reduce((sum, outcome) => sum + counts[outcome], 0);
