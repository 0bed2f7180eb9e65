import type { Service } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { count } from '../../text/format.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import type { Sort } from '../../ui/sort.ts';
import { Ago } from '../../ui/time.tsx';
import { type ChangedField, changeableFields, differing, type Wanted } from './changes.ts';
import classes from './conflict.module.css';

interface Difference {
  readonly id: string;
  readonly service: Service;
  readonly field: string;
  readonly theirs: string;
  readonly mine: string;
}

const textOf = (field: ChangedField, value: string | number): string =>
  field === 'share' ? `${value} %` : String(value);

const shown = (text: string): React.ReactNode => (text === '' ? <span className="muted">empty</span> : text);

const columns: readonly Column<Difference>[] = [
  { id: 'service', title: 'Service', width: [180, 2], value: ({ service }) => service.id },
  { id: 'field', title: 'What', width: [72, 0], value: ({ field }) => field },
  {
    id: 'theirs',
    title: 'Theirs',
    width: [140, 2],
    value: ({ theirs }) => theirs,
    cell: ({ theirs }) => shown(theirs),
  },
  { id: 'mine', title: 'Yours', width: [140, 2], value: ({ mine }) => mine, cell: ({ mine }) => shown(mine) },
  {
    id: 'by',
    title: 'Changed by',
    width: [160, 1],
    value: ({ service }) => service.updatedAt ?? '',
    cell: ({ service }) =>
      service.updatedAt === null ? (
        ''
      ) : (
        <span>
          {service.updatedBy} · <Ago at={service.updatedAt} />
        </span>
      ),
  },
];

export interface ConflictProps {
  /** The services as they are now. */
  readonly services: readonly Service[];
  readonly wanted: Wanted;
  readonly isBusy: boolean;
  readonly onMine: () => void;
  readonly onTheirs: () => void;
}

/** Both values of what two people changed at once, and the choice between them. */
export function Conflict({ services, wanted, isBusy, onMine, onTheirs }: ConflictProps) {
  const [sort, setSort] = useState<Sort>();
  const rows = useMemo(
    () =>
      services.flatMap((service) => {
        const fields = differing(service, wanted);
        return (fields.length > 0 ? fields : changeableFields.filter((field) => wanted[field] !== undefined)).map(
          (field): Difference => ({
            id: `${service.id} ${field}`,
            service,
            field,
            theirs: textOf(field, service[field]),
            mine: textOf(field, wanted[field] ?? ''),
          }),
        );
      }),
    [services, wanted],
  );
  return (
    <Dialog title={`${count(services.length, 'service')} changed meanwhile`} width={900} onClose={onTheirs}>
      <p className={classes.text}>
        Somebody else changed {services.length === 1 ? 'this service' : 'these services'} after you had loaded
        {services.length === 1 ? ' it' : ' them'}. Nothing was overwritten; your values are still here.
      </p>
      <DataTable
        label="Both values"
        columns={columns}
        rows={rows}
        rowId={({ id }) => id}
        sort={sort}
        onSort={setSort}
        empty="Both are the same by now."
      />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onTheirs}>
          Leave theirs
        </Button>
        <Button loading={isBusy} onClick={onMine}>
          Use yours
        </Button>
      </div>
    </Dialog>
  );
}
