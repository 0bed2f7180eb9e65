import type { ResourceOverride } from '@isthmus/contract';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { whole } from '../../../text/format.ts';
import type { Column } from '../../../ui/data-table.tsx';
import { ChipFilter } from '../../../ui/filters.tsx';
import { RowLink } from '../../../ui/row-link.tsx';
import { SeverityMark } from '../../../ui/status.tsx';
import { Ago } from '../../../ui/time.tsx';
import { useAddress } from '../../../ui/use-search.ts';
import classes from './mark.module.css';
import { type OverridesById, overrideText } from './marks.ts';
import { overridesQuery } from './queries.ts';
import { decisionOf, isUnsettled, nameOfSubject, outcomeWords } from './words.ts';

/** What is marked with overrides. */
export interface Marked {
  readonly overrides: readonly string[];
}

const none: readonly ResourceOverride[] = [];

/** What people decided, by id; asked for where something is marked with it. */
export function useOverrides(migration: string, isWanted: boolean): OverridesById {
  const { data = none } = useQuery({ ...overridesQuery(migration), enabled: isWanted });
  return useMemo(() => new Map(data.map((override) => [override.id, override])), [data]);
}

/** The mark itself, with a word for those who listen. */
export function OverrideMark({ isWaiting = false }: { isWaiting?: boolean }) {
  return (
    <>
      {isWaiting && <SeverityMark severity="blocker" />}
      <svg className={classes.pen} viewBox="0 0 12 12" aria-hidden="true">
        <path d="M1.5 10.5 2.2 8 8.4 1.8l1.8 1.8L4 9.8zM7.2 3l1.8 1.8" />
      </svg>
    </>
  );
}

const isWaitingIn = (ids: readonly string[], known: OverridesById): boolean =>
  ids.some((id) => {
    const override = known.get(id);
    return override !== undefined && isUnsettled(override);
  });

/** How many overrides there are; who decided what and why, for those who hover or listen. Nothing where there is none. */
export function OverrideCount({ ids, known }: { ids: readonly string[]; known: OverridesById }) {
  if (ids.length === 0) return null;
  const text = overrideText(ids, known);
  return (
    <span className={classes.count} title={text}>
      <OverrideMark isWaiting={isWaitingIn(ids, known)} />
      <span className="number">{whole(ids.length)}</span>
      <span className="unseen">
        {ids.length === 1 ? 'override' : 'overrides'}: {text}
      </span>
    </span>
  );
}

/** Leaves what is overridden; absent where nothing is. */
export function OverrideFilter({ count }: { count: number }) {
  const [search] = useAddress();
  if (count === 0 && search.overrides === undefined) return null;
  const label = (
    <>
      <OverrideMark /> overridden
    </>
  );
  return <ChipFilter name="overrides" label="Overrides" chips={[{ value: 'some', label, count }]} />;
}

/** The column of overrides of a table; its rows lead to the first one in the workbench. */
export const overrideColumn = <Row extends Marked>(
  known: OverridesById,
  addressOf: (row: Row, override: ResourceOverride) => string | undefined,
): Column<Row> => ({
  id: 'overrides',
  title: 'Overrides',
  width: [84, 1],
  value: ({ overrides }) => overrides.length,
  text: ({ overrides }) => overrideText(overrides, known).replaceAll('\n', '; '),
  cell: (row) => {
    const first = row.overrides.map((id) => known.get(id)).find((override) => override !== undefined);
    const count = <OverrideCount ids={row.overrides} known={known} />;
    const href = first && addressOf(row, first);
    return href === undefined ? count : <RowLink href={href}>{count}</RowLink>;
  },
});

interface OverrideItemsProps {
  readonly ids: readonly string[];
  readonly known: OverridesById;
  readonly addressOf: (override: ResourceOverride) => string | undefined;
}

/** What people decided, one below the other, with the way to each in the workbench. */
export function OverrideItems({ ids, known, addressOf }: OverrideItemsProps) {
  return (
    <ul className={classes.items}>
      {ids.map((id) => {
        const override = known.get(id);
        if (override === undefined) return null;
        const href = addressOf(override);
        const name = nameOfSubject(override.subject);
        return (
          <li key={id}>
            <span className={classes.count}>
              <OverrideMark isWaiting={isUnsettled(override)} />
              {href === undefined ? (
                <strong>{name}</strong>
              ) : (
                <RowLink href={href} isStop>
                  {name}
                </RowLink>
              )}
            </span>{' '}
            <span className="muted">{outcomeWords[override.state].word}</span> {decisionOf(override)}{' '}
            <span className="muted">
              · <Ago at={override.at} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/**
 * What people decided about the row at the cursor of a table, for those who do not hover: below the table wherever some row is
 * marked, so that nothing moves with the cursor.
 */
export function OverrideLine({ row, ...rest }: Omit<OverrideItemsProps, 'ids'> & { readonly row: Marked | undefined }) {
  const ids = row?.overrides ?? [];
  return (
    <div className={classes.line} role="status">
      {ids.length === 0 ? (
        <span className="muted">
          <OverrideMark /> Put the cursor on a row with this mark to read who overrode what is translated, and why.
        </span>
      ) : (
        <OverrideItems ids={ids} {...rest} />
      )}
    </div>
  );
}
