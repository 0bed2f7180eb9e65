import type { FieldElsewhere, Workbench } from '@isthmus/contract';
import { Link } from '@tanstack/react-router';
import { count } from '../../text/format.ts';
import { type Outcome, OutcomeMark, outcomes, outcomeWords } from '../../ui/status.tsx';
import classes from './bench.module.css';
import { countByTab } from './decorations.ts';
import type { LinkedField, Place, Selection } from './links.ts';
import { nameOf } from './source-text.ts';
import { withoutCode } from './unmatched.ts';

export interface FieldBarProps {
  readonly migration: string;
  readonly workbench: Workbench;
  readonly selection: Selection | undefined;
  readonly titles: ReadonlyMap<string, string>;
  readonly onPlace: (place: Place) => void;
}

/** More buttons than this say less, not more. */
const most = 8;

function Jump({ label, title, onClick }: { label: string; title: string; onClick: () => void }) {
  return (
    <button type="button" className={classes.fieldLink} title={title} onClick={onClick}>
      {label}
    </button>
  );
}

/** Where fields went, as buttons: each counterpart of one field, the resources of several. */
function Counterparts({
  fields,
  workbench,
  onPlace,
}: Pick<FieldBarProps, 'workbench' | 'onPlace'> & { fields: readonly LinkedField[] }) {
  const all = fields.flatMap(({ counterparts }) => counterparts);
  const [only] = fields;
  if (all.length === 0) return null;
  const jumps =
    fields.length === 1 && only !== undefined
      ? all.map((counterpart) => ({ counterpart, detail: ` ${counterpart.path}` }))
      : [...countByTab(fields)].flatMap(([document, number]) => {
          const counterpart = all.find((one) => one.document === document);
          return counterpart === undefined ? [] : [{ counterpart, detail: ` (${number})` }];
        });
  return (
    <>
      <span aria-hidden="true">→</span>
      {jumps.slice(0, most).map(({ counterpart: { document, path, span }, detail }) => {
        const resource = workbench.after[document]?.resource;
        const name = resource === undefined ? '' : `${resource.kind} ${resource.name}`;
        return (
          <Jump
            key={`${document} ${path}`}
            label={`${name}${detail}`}
            title={`Go to ${path} of ${resource === undefined ? '' : nameOf(resource)}`}
            onClick={() => onPlace({ side: 'after', document, line: span.line, column: span.keyColumn })}
          />
        );
      })}
      {jumps.length > most && <span className="muted">and {jumps.length - most} more</span>}
    </>
  );
}

/** Fields that the left pane does not show, with the way to where it does. */
function Elsewhere({ migration, fields }: { migration: string; fields: readonly FieldElsewhere[] }) {
  if (fields.length === 0) return null;
  return (
    <>
      <span className="muted">from what is not shown on the left:</span>
      {fields.slice(0, most).map(({ resource, index, file, line, path, outcome }) => {
        const label = `${resource.kind} ${resource.name} ${path}`;
        const place = `${file}:${line}`;
        return (
          <span key={`${place} ${label}`} className={classes.origin}>
            <OutcomeMark outcome={outcome} />
            <span className="unseen">{outcomeWords[outcome]}:</span>
            {index === undefined ? (
              <span title={place}>
                {label} <code className="muted">{place}</code>
              </span>
            ) : (
              <Link
                to="/migrations/$id/workbench"
                params={{ id: migration }}
                search={{ resource: String(index), field: path }}
                title={place}
              >
                {label}
              </Link>
            )}
          </span>
        );
      })}
      {fields.length > most && <span className="muted">and {fields.length - most} more</span>}
    </>
  );
}

function Origins({
  fields,
  workbench,
  onPlace,
}: Pick<FieldBarProps, 'workbench' | 'onPlace'> & { fields: readonly LinkedField[] }) {
  if (fields.length === 0) return null;
  return (
    <>
      <span className="muted">comes from</span>
      {fields.slice(0, most).map(({ index, field, span }) => {
        const resource = workbench.before[field.document]?.resource;
        return (
          <span key={index} className={classes.origin}>
            <OutcomeMark outcome={field.outcome} />
            <span className="unseen">{outcomeWords[field.outcome]}:</span>
            <Jump
              label={`${resource === undefined ? '' : `${resource.kind} ${resource.name}`} ${field.path}`}
              title={outcomeWords[field.outcome]}
              onClick={() => onPlace({ side: 'before', line: span.line, column: span.keyColumn })}
            />
          </span>
        );
      })}
      {fields.length > most && <span className="muted">and {fields.length - most} more</span>}
    </>
  );
}

function Outcomes({ fields }: { fields: readonly LinkedField[] }) {
  const counts = new Map<Outcome, number>();
  for (const { field } of fields) counts.set(field.outcome, (counts.get(field.outcome) ?? 0) + 1);
  return outcomes
    .filter((outcome) => counts.has(outcome))
    .map((outcome) => (
      <span key={outcome} className={classes.origin}>
        <OutcomeMark outcome={outcome} />
        {counts.get(outcome)} {outcomeWords[outcome]}
      </span>
    ));
}

/** Says in words what the place at the cursor is and where it went or came from; for eyes, ears and keyboards alike. */
export function FieldBar({ migration, workbench, selection, titles, onPlace }: FieldBarProps) {
  const shared = { workbench, onPlace };
  const content = (() => {
    if (selection === undefined)
      return <span className="muted">Put the cursor on a field to see what became of it, or where it came from.</span>;
    const { place, fields, isBlock, elsewhere } = selection;
    const [first] = fields;
    if (first === undefined && elsewhere.length === 0)
      return (
        <span className="muted">
          {place.side === 'before'
            ? 'No field of the spec stands here.'
            : 'No field of an Istio resource went into this line.'}
        </span>
      );
    if (place.side === 'after' || first === undefined)
      return (
        <>
          <Origins {...shared} fields={fields} />
          <Elsewhere migration={migration} fields={elsewhere} />
        </>
      );
    if (fields.length > 1)
      return (
        <>
          <span>
            {count(fields.length, 'field')} {isBlock ? 'within' : 'on this line'}:
          </span>
          <Outcomes fields={fields} />
          <Counterparts {...shared} fields={fields} />
        </>
      );
    const { field } = first;
    return (
      <>
        <OutcomeMark outcome={field.outcome} />
        <code>{field.path}</code>
        <span>{outcomeWords[field.outcome]}</span>
        {field.code !== undefined && (
          <Link to="/codes/$code" params={{ code: field.code }}>
            {field.code}
          </Link>
        )}
        {field.targets.length === 0 && (
          <span className="muted">
            {field.code === undefined ? withoutCode[field.outcome] : titles.get(field.code)}
          </span>
        )}
        <Counterparts {...shared} fields={fields} />
      </>
    );
  })();
  return (
    <div className={classes.fieldBar} role="status">
      {content}
    </div>
  );
}
