import type { CheckFinding } from '@isthmus/contract';
import { Link } from '@tanstack/react-router';
import { Fragment } from 'react';
import { Command } from '../../ui/copy.tsx';
import { Line } from '../../ui/prose.tsx';
import { SeverityLabel } from '../../ui/status.tsx';
import classes from './page.module.css';

const nameOf = ({ resource: { kind, namespace, name } }: CheckFinding): string =>
  `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;

/** The lines around a place, with that of the finding marked. */
function Excerpt({ finding: { excerpt, line } }: { finding: CheckFinding }) {
  if (excerpt === undefined) return null;
  return (
    <pre className={classes.excerpt}>
      {excerpt.text.split('\n').map((text, index) => {
        const number = excerpt.line + index;
        return (
          <span key={number} className={classes.line} data-found={number === line || undefined}>
            <span className={classes.number}>{number}</span>
            {text}
            {'\n'}
          </span>
        );
      })}
    </pre>
  );
}

// More names than this are read by nobody.
const mostServices = 8;

function Services({ migration, services }: { migration: string; services: readonly string[] }) {
  if (services.length === 0) return null;
  return (
    <span>
      {services.slice(0, mostServices).map((id, index) => {
        const [namespace = '', name = ''] = id.split('/');
        return (
          <Fragment key={id}>
            {index > 0 && ', '}
            <Link to="/migrations/$id/services/$namespace/$name" params={{ id: migration, namespace, name }}>
              {id}
            </Link>
          </Fragment>
        );
      })}
      {services.length > mostServices && ` and ${services.length - mostServices} more`}
    </span>
  );
}

/** One finding: what stands where, whom it is about, and the patch that settles it. */
export function Evidence(props: { migration: string; finding: CheckFinding; isSeverityShown: boolean }) {
  const { migration, finding, isSeverityShown } = props;
  const { found, severity, file, line, column, path, index, services, patch } = finding;
  return (
    <li className={classes.evidence}>
      <p>
        {isSeverityShown && (
          <span className={classes.severity}>
            <SeverityLabel severity={severity} />
          </span>
        )}
        <Line text={found} />
      </p>
      <p className={classes.place}>
        {file === undefined ? (
          <span>{nameOf(finding)}, emitted by the translation</span>
        ) : (
          <code>
            {file}
            {line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`}
          </code>
        )}
        {path !== undefined && <code>{path}</code>}
        {index !== undefined && (
          <Link
            to="/migrations/$id/workbench"
            params={{ id: migration }}
            search={{ resource: String(index), ...(path === undefined ? {} : { field: path }) }}
          >
            {nameOf(finding)} in the workbench
          </Link>
        )}
        {services.length > 0 && (
          <span>
            {services.length === 1 ? 'Service ' : 'Services '}
            <Services migration={migration} services={services} />
          </span>
        )}
      </p>
      <Excerpt finding={finding} />
      {patch !== undefined && (
        <details className={classes.patch}>
          <summary>Patch that settles it</summary>
          <Command text={patch} label="Copy the patch" />
        </details>
      )}
    </li>
  );
}
