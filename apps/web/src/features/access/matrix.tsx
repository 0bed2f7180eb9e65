import type { AccessRow } from '@isthmus/contract';
import { useMemo } from 'react';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { useSorting } from '../../ui/use-sorting.ts';
import classes from './access.module.css';
import { type CallerRow, matrixOf, portWord, verdicts } from './rows.ts';
import { VerdictLabel } from './verdict.tsx';

const words = (caller: CallerRow, port: number): string => {
  const cell = caller.cells.get(port);
  if (cell === undefined) return '–';
  return cell.before === cell.after ? cell.after : `${cell.before} → ${cell.after}`;
};

function columnsFor(ports: readonly number[]): Column<CallerRow>[] {
  return [
    {
      id: 'caller',
      title: 'Caller',
      width: [168, 2],
      value: ({ caller }) => caller,
      cell: ({ caller, bridge }) => (
        <span title={caller}>
          {caller.replaceAll('`', '')}
          {bridge && <span className="muted"> with Istio’s certificate</span>}
        </span>
      ),
    },
    {
      id: 'verdict',
      title: 'Verdict',
      width: [104, 0],
      value: ({ verdict }) => verdicts.indexOf(verdict),
      cell: ({ verdict }) => <VerdictLabel verdict={verdict} />,
    },
    ...ports.map(
      (port): Column<CallerRow> => ({
        id: String(port),
        title: port === 0 ? 'Any other port' : `Port ${portWord(port)}`,
        width: [176, 1],
        value: (caller) => words(caller, port),
      }),
    ),
  ];
}

/** Who may call the ports of one workload, before and after. */
export function Matrix({
  workload,
  rows,
  isWhole,
}: {
  workload: string;
  rows: readonly AccessRow[];
  isWhole: boolean;
}) {
  const { ports, callers } = useMemo(() => matrixOf(rows), [rows]);
  const columns = useMemo(() => columnsFor(ports), [ports]);
  const shown = useMemo(
    () => (isWhole ? callers : callers.filter(({ verdict }) => verdict !== 'same')),
    [callers, isWhole],
  );
  const sorting = useSorting();
  return (
    <div className={classes.matrix}>
      <DataTable
        label={`Who may call ${workload}`}
        columns={columns}
        rows={shown}
        rowId={({ caller, bridge }) => `${caller} ${bridge}`}
        {...sorting('callers', columns)}
        empty="Every caller may do what it could before, and nothing else."
      />
    </div>
  );
}
