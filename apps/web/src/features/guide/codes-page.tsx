import { phases } from '@isthmus/contract';
import { useSuspenseQueries } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useMemo } from 'react';
import { codesQuery, sessionQuery } from '../../api/queries.ts';
import { count, whole } from '../../text/format.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Filters, TextFilter } from '../../ui/filters.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { hrefOf, RowLink } from '../../ui/row-link.tsx';
import { OutcomeMark, outcomes, outcomeWords, SeverityLabel, SeverityMark, severities } from '../../ui/status.tsx';
import { useAddress } from '../../ui/use-search.ts';
import { useSorting } from '../../ui/use-sorting.ts';
import { PhaseLabel, phaseWords } from '../services/phase.tsx';
import classes from './page.module.css';

type Row = { readonly code: string; readonly severity: string; readonly title: string };

const columns: readonly Column<Row>[] = [
  {
    id: 'code',
    title: 'Code',
    width: [168, 0],
    value: ({ code }) => code,
    cell: ({ code }) => (
      <RowLink href={hrefOf`/codes/${code}`} className="mono">
        {code}
      </RowLink>
    ),
  },
  {
    id: 'severity',
    title: 'Severity',
    width: [112, 0],
    value: ({ severity }) => severities.indexOf(severity as (typeof severities)[number]),
    cell: ({ severity }) => {
      const known = severities.find((one) => one === severity);
      return known === undefined ? severity : <SeverityLabel severity={known} />;
    },
  },
  { id: 'title', title: 'What it says', width: [280, 1], value: ({ title }) => title },
];

const outcomeHelp = {
  exact: 'Kong Mesh does the same.',
  approximate: 'Kong Mesh comes close; a finding says what differs. What nobody has verified counts here too.',
  unsupported: 'Kong Mesh has nothing for it. Where it restricted traffic, it blocks.',
  inert: 'The field does nothing where it stands, so that nothing is lost.',
  untranslated: 'Isthmus has no translation for it yet. That says nothing about what Kong Mesh can do.',
} as const;

const severityHelp = {
  blocker: 'A restriction would be lost, or a document could not be read. Settle it before the service moves.',
  warning: 'Traffic would be treated differently. Decide whether that is fine.',
  info: 'Good to know.',
} as const;

/** What the words and marks mean, and all codes. */
export function CodesPage() {
  const [{ data: codes }, { data: session }] = useSuspenseQueries({ queries: [codesQuery, sessionQuery] });
  const [search] = useAddress();
  const sorting = useSorting();
  const navigate = useNavigate();
  const { q } = search;
  const rows = useMemo(() => {
    const words = (q ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    return codes.filter(({ code, title }) => words.every((word) => `${code} ${title}`.toLowerCase().includes(word)));
  }, [codes, q]);
  return (
    <Page
      title="Marks, words and codes"
      of="Guide"
      answer={`What the marks and words mean, and every finding that Isthmus ${session.version} knows.`}
    >
      <p>
        <Link to="/guide">Guide</Link>
      </p>
      <div className={classes.columns}>
        <Section title="Outcomes of a field">
          <dl className={classes.list}>
            {outcomes.map((outcome) => (
              <div key={outcome}>
                <dt>
                  <OutcomeMark outcome={outcome} /> {outcomeWords[outcome]}
                </dt>
                <dd>{outcomeHelp[outcome]}</dd>
              </div>
            ))}
          </dl>
        </Section>
        <Section title="Severities of a finding">
          <dl className={classes.list}>
            {severities.map((severity) => (
              <div key={severity}>
                <dt>
                  <SeverityMark severity={severity} /> {severity}
                </dt>
                <dd>{severityHelp[severity]}</dd>
              </div>
            ))}
          </dl>
        </Section>
        <Section title="Phases of a service">
          <dl className={classes.list}>
            {phases.map((phase) => (
              <div key={phase}>
                <dt>
                  <PhaseLabel phase={phase} />
                </dt>
                <dd>{phaseWords[phase]}</dd>
              </div>
            ))}
          </dl>
        </Section>
        <Section title="Two colours">
          <dl className={classes.list}>
            <div>
              <dt className={classes.source}>Istio</dt>
              <dd>What you have: panes, names and lines of the source mesh.</dd>
            </div>
            <div>
              <dt className={classes.target}>Kong Mesh</dt>
              <dd>What it becomes. Neither colour means good or bad.</dd>
            </div>
          </dl>
        </Section>
      </div>
      <Section title="Codes">
        <Filters summary={`${whole(rows.length)} of ${count(codes.length, 'code')}`}>
          <TextFilter label="Filter by code or words" />
        </Filters>
        <DataTable
          label="Codes"
          columns={columns}
          rows={rows}
          rowId={({ code }) => code}
          {...sorting('sort', columns)}
          onOpen={({ code }) => void navigate({ to: '/codes/$code', params: { code } })}
          empty="No code matches."
        />
      </Section>
    </Page>
  );
}
