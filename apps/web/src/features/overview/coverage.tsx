import type { Overview } from '@isthmus/contract';
import type { Column } from '../../ui/data-table.tsx';
import { Count, fieldsOf, OutcomeHeading, outcomes, outcomeWords } from '../../ui/status.tsx';

type Covered = Pick<Overview['kinds'][number], 'outcomes' | 'findings'>;

export const numeric = <Row,>(id: string, title: string, value: (row: Row) => number): Column<Row & object> => ({
  id,
  title,
  width: [88, 1],
  isNumber: true,
  value: value as (row: object) => number,
  cell: (row) => <Count value={value(row as Row)} />,
});

/** Fields by outcome: the same columns wherever coverage is shown. */
export const coverage = <Row extends Covered>(): Column<Row>[] => [
  { ...numeric<Row>('fields', 'Fields', (row) => fieldsOf(row.outcomes)), width: [72, 1] },
  ...outcomes.map(
    (outcome): Column<Row> => ({
      ...numeric<Row>(outcome, `${outcome}: fields ${outcomeWords[outcome]}`, (row) => row.outcomes[outcome]),
      heading: <OutcomeHeading outcome={outcome} />,
      width: [112, 1],
    }),
  ),
];

export const findingColumns = <Row extends Covered>(): Column<Row>[] => [
  numeric<Row>('blockers', 'Blockers', (row) => row.findings.blocker),
  numeric<Row>('warnings', 'Warnings', (row) => row.findings.warning),
];
