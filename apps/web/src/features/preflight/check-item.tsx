import type { Check } from '@isthmus/contract';
import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { count, whole } from '../../text/format.ts';
import { CopyButton } from '../../ui/copy.tsx';
import { Line } from '../../ui/prose.tsx';
import { OutcomeMark, SeverityLabel } from '../../ui/status.tsx';
import { ExplainedIn } from '../guide/explained-in.tsx';
import { Evidence } from './evidence.tsx';
import classes from './page.module.css';

/** What a check came to: mark and word. */
function StateLabel({ check: { state, severity } }: { check: Check }) {
  if (state === 'failed') return <SeverityLabel severity={severity} />;
  return (
    <span className={classes.state}>
      <OutcomeMark outcome={state === 'passed' ? 'exact' : 'inert'} />
      {state}
    </span>
  );
}

const examinedOf = ({ examined }: Check): string =>
  examined.map(({ count: number, what }) => `${whole(number)} ${what}`).join(', ');

function resultOf(check: Check): string {
  if (check.state === 'skipped') return check.reason ?? '';
  if (check.state === 'passed') return examinedOf(check);
  return `${count(check.total, 'finding')} in ${examinedOf(check)}`;
}

function Findings({ migration, check }: { migration: string; check: Check }) {
  const { findings, total, severity, component } = check;
  const patches = findings.filter(({ patch }) => patch !== undefined).length;
  return (
    <>
      {component !== undefined && patches > 1 && (
        <p className={classes.component}>
          <span>
            {count(patches, 'patch', 'patches')} as one Kustomize component, for the team that owns the objects.
          </span>
          <CopyButton text={component} label="Copy the component" />
        </p>
      )}
      <ul className={classes.findings}>
        {findings.map((finding) => (
          <Evidence
            key={`${finding.file}:${finding.line}:${finding.path}:${finding.found}`}
            migration={migration}
            finding={finding}
            isSeverityShown={findings.some((one) => one.severity !== severity)}
          />
        ))}
      </ul>
      {findings.length < total && (
        <p className="muted">
          {whole(findings.length)} of {whole(total)} findings are shown. <code>isthmus check --report checks.json</code>{' '}
          lists all.
        </p>
      )}
    </>
  );
}

/** One check: its result in a line, and the rest where it is open. */
export function CheckItem(props: { migration: string; check: Check; isOpen: boolean; onToggle: (id: string) => void }) {
  const { migration, check, isOpen, onToggle } = props;
  const body = useId();
  return (
    <li className={classes.check} data-state={check.state}>
      <h3>
        <button
          type="button"
          className={classes.head}
          aria-expanded={isOpen}
          aria-controls={isOpen ? body : undefined}
          onClick={() => onToggle(check.id)}
        >
          <span className={classes.chevron} aria-hidden="true" />
          <StateLabel check={check} />
          <span className={classes.title}>{check.title}</span>
          <span className={classes.result}>
            <Line text={resultOf(check)} />
          </span>
        </button>
      </h3>
      {isOpen && (
        <div id={body} className={classes.body}>
          <dl className={classes.facts}>
            <div>
              <dt>Looks at</dt>
              <dd>
                <Line text={`${check.examines}.`} />
              </dd>
            </div>
            {check.examined.length > 0 && (
              <div>
                <dt>Examined</dt>
                <dd>{examinedOf(check)}</dd>
              </div>
            )}
            <div>
              <dt>{check.state === 'failed' ? 'At run time' : 'Where it fails'}</dt>
              <dd>
                <Line text={check.effect} />
              </dd>
            </div>
            <div>
              <dt>{check.state === 'skipped' ? 'By hand' : 'Do'}</dt>
              <dd>
                <Line text={check.help} />
              </dd>
            </div>
            <div>
              <dt>Rule</dt>
              <dd>
                <Link to="/codes/$code" params={{ code: check.code }}>
                  {check.code}
                </Link>
                {' · '}
                <ExplainedIn code={check.code} />
              </dd>
            </div>
          </dl>
          {check.state === 'failed' && <Findings migration={migration} check={check} />}
        </div>
      )}
    </li>
  );
}
