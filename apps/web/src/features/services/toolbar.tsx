import type { Service } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { csvOf, saveText } from '../../ui/csv.ts';
import type { Column } from '../../ui/data-table.tsx';
import { Disclosure } from '../../ui/disclosure.tsx';
import type { Sort } from '../../ui/sort.ts';
import { useAddress } from '../../ui/use-search.ts';
import { formatColumns } from './columns.tsx';
import { SavedViews } from './saved-views.tsx';
import classes from './toolbar.module.css';

export interface ToolbarProps {
  readonly migration: string;
  /** Every column, and those that are shown. */
  readonly all: readonly Column<Service>[];
  readonly columns: readonly Column<Service>[];
  readonly rows: readonly Service[];
  readonly sort: Sort | undefined;
}

/** What the list shows and under which name, and the same as a file. */
export function Toolbar({ migration, all, columns, rows, sort }: ToolbarProps) {
  const [, change] = useAddress();
  const shown = new Set(columns.map(({ id }) => id));
  return (
    <div className={classes.toolbar}>
      <SavedViews migration={migration} />
      <Disclosure label="Columns" title="Columns that are shown">
        {() => (
          <>
            {all.map(({ id, title }) => (
              <label key={id} className={classes.column}>
                <input
                  type="checkbox"
                  checked={shown.has(id)}
                  disabled={id === 'name'}
                  onChange={({ target }) => {
                    const next = new Set(shown);
                    if (target.checked) next.add(id);
                    else next.delete(id);
                    change({ columns: formatColumns(all, next) });
                  }}
                />
                {title}
              </label>
            ))}
            <div>
              <Button size="compact-sm" variant="default" onClick={() => change({ columns: undefined })}>
                The usual ones
              </Button>
            </div>
          </>
        )}
      </Disclosure>
      <Button
        size="compact-md"
        variant="default"
        disabled={rows.length === 0}
        onClick={() => saveText('services.csv', csvOf(columns, rows, sort), 'text/csv;charset=utf-8')}
      >
        CSV
      </Button>
    </div>
  );
}
