import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Beside } from '../../ui/panes.tsx';
import { Prose } from '../../ui/prose.tsx';
import { SeverityLabel } from '../../ui/status.tsx';
import { ExplainedIn } from '../guide/explained-in.tsx';
import { OverrideItems } from '../workbench/overrides/mark.tsx';
import { type OverridesById, overrideAddress } from '../workbench/overrides/marks.ts';
import { Acceptance } from './acceptance.tsx';
import type { Finding } from './filter.ts';
import classes from './page.module.css';

const placeOf = (file: string, line?: number, column?: number): string =>
  `${file}${line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`}`;

/** One finding in full, with the ways to its place and its rule. */
export function Detail(props: { migration: string; finding: Finding; overrides: OverridesById; onClose: () => void }) {
  const { migration, finding, overrides, onClose } = props;
  const { diagnostic, resource } = finding;
  const { code, severity, message, help, file, line, column, path, related = [] } = diagnostic;
  return (
    <Beside
      label={`Finding ${code}`}
      heading={
        <span className={classes.name}>
          <SeverityLabel severity={severity} />
          <code>{code}</code>
        </span>
      }
      closes="Close the finding"
      onClose={onClose}
    >
      <div className={classes.part}>
        <h3>Found</h3>
        <Prose text={message} />
      </div>
      <div className={classes.part}>
        <h3>Do</h3>
        <Prose text={help} />
      </div>
      {(diagnostic.resource !== undefined || file !== undefined) && (
        <div className={classes.part}>
          <h3>Place</h3>
          {diagnostic.resource !== undefined && (
            <p>
              {diagnostic.resource.kind}{' '}
              {diagnostic.resource.namespace === '' ? '' : `${diagnostic.resource.namespace}/`}
              {diagnostic.resource.name}
            </p>
          )}
          {file !== undefined && (
            <p>
              <code>{placeOf(file, line, column)}</code>
            </p>
          )}
          {path !== undefined && (
            <p>
              <code>{path}</code>
            </p>
          )}
        </div>
      )}
      {finding.overrides.length > 0 && (
        <div className={classes.part}>
          <h3>Overridden</h3>
          <OverrideItems
            ids={finding.overrides}
            known={overrides}
            addressOf={(override) =>
              finding.beside === undefined
                ? undefined
                : overrideAddress(migration, { resource: finding.beside }, override)
            }
          />
        </div>
      )}
      {related.length > 0 && (
        <div className={classes.part}>
          <h3>See also</h3>
          <ul className={classes.related}>
            {related.map((place) => (
              <li key={`${place.file}:${place.line}:${place.message}`}>
                {place.message} <code>{placeOf(place.file, place.line, place.column)}</code>
              </li>
            ))}
          </ul>
        </div>
      )}
      <Acceptance key={String(diagnostic.accepted?.at)} migration={migration} finding={diagnostic} />
      <div className={classes.links}>
        {resource !== undefined && (
          <Button
            renderRoot={(rest) => (
              <Link
                {...rest}
                to="/migrations/$id/workbench"
                params={{ id: migration }}
                search={{ resource: String(resource.index), field: path }}
              />
            )}
          >
            Before and after
          </Button>
        )}
        <Button variant="default" renderRoot={(rest) => <Link {...rest} to="/codes/$code" params={{ code }} />}>
          The rule
        </Button>
        <ExplainedIn code={code} />
      </div>
    </Beside>
  );
}
