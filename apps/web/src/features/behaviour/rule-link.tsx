import type { LinkedRule } from '@isthmus/contract';
import { Link } from '@tanstack/react-router';
import { subjectOf } from './request-address.ts';

/** A rule with the way to it in the workbench; a rule of the mesh itself has none. */
export function RuleLink(props: { migration: string; service: string; rule: LinkedRule | undefined }) {
  const { migration, service, rule } = props;
  if (rule === undefined) return <span className="muted">No rule: the mesh does this by itself.</span>;
  const { kind, namespace, name, path, resource, line } = rule;
  const label = `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
  const key = `${kind}/${namespace}/${name}`;
  const search =
    resource !== undefined
      ? { resource: String(resource), field: path }
      : line !== undefined
        ? { ...subjectOf(service), tab: key, at: `after:${key}:${line}:1` }
        : undefined;
  return (
    <span>
      {search === undefined ? (
        label
      ) : (
        <Link to="/migrations/$id/workbench" params={{ id: migration }} search={search}>
          {label}
        </Link>
      )}{' '}
      <code className="muted">{path}</code>
    </span>
  );
}
