import type { Check, Severity } from '@isthmus/contract';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { codesQuery } from '../../api/queries.ts';
import { count } from '../../text/format.ts';
import { Line } from '../../ui/prose.tsx';
import { OutcomeMark, SeverityMark, severities } from '../../ui/status.tsx';
import { outline } from './content/outline.ts';
import { type Pitfall, pitfalls } from './content/pitfalls.ts';
import classes from './guide.module.css';
import { type PitfallState, pitfallState } from './pitfall-state.ts';
import { SectionLink } from './section-link.tsx';
import { useCurrent } from './use-current.ts';
import { type Estate, useEstate } from './use-estate.ts';

const stateMarks = { partly: 'inert', skipped: 'inert', passed: 'exact' } as const;
const stateWords = {
  failed: 'found here',
  partly: 'not found here, as far as this import tells',
  skipped: 'not known from this import',
  passed: 'not found here',
} as const;
const stateOrder = Object.keys(stateWords);

function CheckMark({ check }: { check: Check }) {
  return check.state === 'failed' ? (
    <SeverityMark severity={check.severity} />
  ) : (
    <OutcomeMark outcome={check.state === 'passed' ? 'exact' : 'inert'} />
  );
}

const wordOf = ({ state, severity, total }: Check): string =>
  state === 'failed' ? `failed, ${count(total, severity === 'info' ? 'finding' : severity)}` : state;

/** The worst of what was found of a pitfall. */
function worstOf(pitfall: Pitfall, { checks = [], codes }: Estate, severityOf: ReadonlyMap<string, string>): Severity {
  const found = [
    ...checks.flatMap(({ id, state, severity }) =>
      state === 'failed' && pitfall.checks.includes(id) ? [severity as string] : [],
    ),
    ...pitfall.codes.flatMap((code) => ((codes?.get(code) ?? 0) > 0 ? [severityOf.get(code)] : [])),
  ];
  return severities.find((severity) => found.includes(severity)) ?? 'info';
}

/** Each check of a pitfall with its result, and each finding that is there. */
function Results(props: { pitfall: Pitfall; estate: Estate; severityOf: ReadonlyMap<string, string> }) {
  const { pitfall, estate, severityOf } = props;
  const { id, checks = [], codes } = estate;
  const found = pitfall.codes.filter((code) => (codes?.get(code) ?? 0) > 0);
  return (
    <ul className={classes.results}>
      {checks
        .filter((check) => pitfall.checks.includes(check.id))
        .map((check) => (
          <li key={check.id}>
            <CheckMark check={check} />
            <span>
              <Link to="/migrations/$id/preflight" params={{ id }} search={{ q: check.code, open: check.id }}>
                {check.title}
              </Link>{' '}
              <span className="muted">
                {wordOf(check)}
                {check.reason !== undefined && check.state === 'skipped' && (
                  <>
                    : <Line text={check.reason} />
                  </>
                )}
              </span>
            </span>
          </li>
        ))}
      {found.map((code) => (
        <li key={code}>
          <SeverityMark severity={severities.find((one) => one === severityOf.get(code)) ?? 'info'} />
          <Link to="/migrations/$id/findings" params={{ id }} search={{ code }}>
            {count(codes?.get(code) ?? 0, 'finding')} {code}
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** Where pitfalls are looked for, without a migration. */
function Rules({ pitfall }: { pitfall: Pitfall }) {
  return (
    <p className={classes.note}>
      Looked for by {[...pitfall.checks.map((check) => `pre-flight ${check}`), ...pitfall.codes].join(', ')}
    </p>
  );
}

function PitfallView(props: {
  pitfall: Pitfall;
  estate: Estate | undefined;
  state: PitfallState | undefined;
  isCurrent: boolean;
  severityOf: ReadonlyMap<string, string>;
}) {
  const { pitfall, estate, state, isCurrent, severityOf } = props;
  const section = outline.find(({ id }) => id === pitfall.section);
  return (
    <article id={pitfall.id} className={classes.item} data-current={isCurrent || undefined} aria-label={pitfall.title}>
      <h2>{pitfall.title}</h2>
      {estate !== undefined && state !== undefined && (
        <p className={classes.state}>
          {state === 'failed' ? (
            <SeverityMark severity={worstOf(pitfall, estate, severityOf)} />
          ) : (
            <OutcomeMark outcome={stateMarks[state]} />
          )}
          {stateWords[state]}
        </p>
      )}
      <p className={classes.text}>
        <Line text={pitfall.text} />
      </p>
      {estate !== undefined && state !== undefined ? (
        <Results pitfall={pitfall} estate={estate} severityOf={severityOf} />
      ) : (
        <Rules pitfall={pitfall} />
      )}
      {section !== undefined && (
        <p>
          <SectionLink section={section.id}>{section.title}</SectionLink>
        </p>
      )}
    </article>
  );
}

/** All pitfalls, with what the checks and findings of the open migration say of each. */
export function Pitfalls() {
  const estate = useEstate();
  const { checks, codes } = estate ?? {};
  const { data: rules } = useQuery(codesQuery);
  const severityOf = useMemo(() => new Map(rules?.map(({ code, severity }) => [code, severity])), [rules]);
  const isKnown = checks !== undefined && codes !== undefined;
  const stated = pitfalls.map((pitfall) => ({
    pitfall,
    state: isKnown ? pitfallState(pitfall, checks, codes) : undefined,
  }));
  if (isKnown) stated.sort((a, b) => stateOrder.indexOf(a.state ?? '') - stateOrder.indexOf(b.state ?? ''));
  const current = useCurrent(estate === undefined || isKnown);
  const of = (wanted: PitfallState): number => stated.filter(({ state }) => state === wanted).length;
  return (
    <>
      <p>
        {isKnown
          ? `${estate?.migration?.name}: ${of('failed')} found, ${of('partly')} not found as far as this import tells, ${of('skipped')} not known from it, ${of('passed')} not found.`
          : estate === undefined
            ? 'No migration is open: open one, and each pitfall has its result.'
            : 'The checks are still running; their results appear here.'}
      </p>
      {stated.map(({ pitfall, state }) => (
        <PitfallView
          key={pitfall.id}
          pitfall={pitfall}
          estate={estate}
          state={state}
          isCurrent={current === pitfall.id}
          severityOf={severityOf}
        />
      ))}
    </>
  );
}
