import type { Condition, Gate } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { count } from '../../text/format.ts';
import { Accept } from '../../ui/accept.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import type { Sort } from '../../ui/sort.ts';
import classes from './conflict.module.css';

interface Against {
  readonly id: string;
  readonly service: string;
  readonly condition: Condition;
}

const columns: readonly Column<Against>[] = [
  { id: 'service', title: 'Service', width: [160, 1], value: ({ service }) => service },
  { id: 'condition', title: 'Condition', width: [160, 2], value: ({ condition }) => condition.title },
  {
    id: 'state',
    title: 'State',
    width: [100, 0],
    value: ({ condition }) => (condition.state === 'fails' ? 'does not hold' : 'not known'),
  },
  { id: 'detail', title: 'Why', width: [260, 3], value: ({ condition }) => condition.detail },
];

export interface ShutGatesProps {
  readonly gates: readonly Gate[];
  readonly isBusy: boolean;
  readonly onOverride: (reason: string) => void;
  readonly onClose: () => void;
}

/** What stands against a phase for each of many services, before somebody takes them there all the same, with a reason. */
export function ShutGates({ gates, isBusy, onOverride, onClose }: ShutGatesProps) {
  const [sort, setSort] = useState<Sort>();
  const rows = useMemo(
    () =>
      gates.flatMap(({ service, conditions }) =>
        conditions
          .filter(({ state }) => state !== 'holds')
          .map((condition): Against => ({ id: `${service} ${condition.id}`, service, condition })),
      ),
    [gates],
  );
  const to = gates[0]?.to ?? '';
  const services = count(gates.length, 'service');
  const isOne = gates.length === 1;
  return (
    <Dialog
      title={`${services} kept from ${to} by ${isOne ? 'its gate' : 'their gates'}`}
      width={960}
      onClose={onClose}
    >
      <p className={classes.text}>
        Nothing was changed for {isOne ? 'this service' : 'these services'}. This is what stands against {to}; it is
        overridden only where somebody says why.
      </p>
      <DataTable
        label="What stands against it"
        columns={columns}
        rows={rows}
        rowId={({ id }) => id}
        sort={sort}
        onSort={setSort}
        empty="Nothing stands against it any more."
      />
      <div className={classes.buttons}>
        <Button size="compact-md" variant="default" onClick={onClose} data-autofocus>
          {isOne ? 'Leave it as it is' : 'Leave them as they are'}
        </Button>
        <Accept
          question={`Why ${isOne ? 'does it' : 'do they'} become ${to} although ${isOne ? 'its gate is' : 'their gates are'} shut? The history keeps the reason${isOne ? '' : ' for each of them'}.`}
          opener={`Enter ${to} all the same …`}
          answer={`Enter ${to} with ${services}`}
          isPending={isBusy}
          onAccept={onOverride}
        />
      </div>
    </Dialog>
  );
}
