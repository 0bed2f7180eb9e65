import { Button, CloseButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Prose } from '../../ui/prose.tsx';
import { SeverityLabel } from '../../ui/status.tsx';
import { ExplainedIn } from '../guide/explained-in.tsx';
import { Acceptance } from './acceptance.tsx';
import type { Finding } from './filter.ts';
import classes from './page.module.css';

const placeOf = (file: string, line?: number, column?: number): string =>
  `${file}${line === undefined ? '' : `:${line}${column === undefined ? '' : `:${column}`}`}`;

/** One finding in full, with the ways to its place and its rule. */
export function Detail(props: { migration: string; finding: Finding; onClose: () => void }) {
  const { migration, finding, onClose } = props;
  const { diagnostic, resource } = finding;
  const { code, severity, message, help, file, line, column, path, related = [] } = diagnostic;
  return (
    <section className={classes.detail} aria-label={`Finding ${code}`}>
      <div className={classes.head}>
        <span className={classes.name}>
          <SeverityLabel severity={severity} />
          <code>{code}</code>
        </span>
        <CloseButton aria-label="Close the finding" onClick={onClose} />
      </div>
      <div className={classes.part}>
        <h2>Found</h2>
        <Prose text={message} />
      </div>
      <div className={classes.part}>
        <h2>Do</h2>
        <Prose text={help} />
      </div>
      {(diagnostic.resource !== undefined || file !== undefined) && (
        <div className={classes.part}>
          <h2>Place</h2>
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
      {related.length > 0 && (
        <div className={classes.part}>
          <h2>See also</h2>
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
    </section>
  );
}
