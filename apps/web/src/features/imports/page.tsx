import { Button } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { migrationQuery, queryClient, snapshotsQuery } from '../../api/queries.ts';
import { count, exactly, whole } from '../../text/format.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { hrefOf, RowLink } from '../../ui/row-link.tsx';
import { tellFailure } from '../../ui/tell.ts';
import { useAddress } from '../../ui/use-search.ts';
import { useSorting } from '../../ui/use-sorting.ts';
import { DropZone } from './drop-zone.tsx';
import { isOver } from './import-state.ts';
import { cancelImport, followImport, forgetImport, startImport, useImport } from './imports.ts';
import { Progress } from './progress.tsx';

type Snapshot = Awaited<ReturnType<NonNullable<ReturnType<typeof snapshotsQuery>['queryFn']>>>[number];

const number = (id: string, title: string, value: (row: Snapshot) => number): Column<Snapshot> => ({
  id,
  title,
  width: [96, 1],
  isNumber: true,
  value,
  cell: (row) => whole(value(row)),
});

const columnsFor = (id: string): readonly Column<Snapshot>[] => [
  { id: 'number', title: 'Snapshot', width: [96, 0], value: (row) => row.number },
  {
    id: 'changes',
    title: 'Since the one before',
    width: [152, 0],
    isUnordered: true,
    value: () => '',
    cell: ({ number: own }) =>
      own === 1 ? null : (
        <RowLink href={hrefOf`/migrations/${id}/import/changes?from=${own - 1}&to=${own}`}>What changed</RowLink>
      ),
  },
  {
    id: 'at',
    title: 'Imported',
    width: [200, 2],
    value: (row) => row.createdAt,
    cell: (row) => exactly(row.createdAt),
  },
  { id: 'by', title: 'By', width: [120, 1], value: (row) => row.createdBy },
  number('files', 'Files', (row) => row.files),
  number('documents', 'Documents', (row) => row.documents),
  number('resources', 'Resources', (row) => row.resources),
  number('istio', 'Istio', (row) => row.istio),
  number('skipped', 'Kept out', (row) => row.skipped),
  {
    id: 'content',
    title: 'Content (SHA-256)',
    width: [160, 2],
    value: (row) => row.id,
    cell: (row) => <code title={row.id}>{row.id.slice(0, 16)}</code>,
  },
];

/** Imports of a migration: the one under way, a new one, and those before. */
export function ImportPage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const { data: migration } = useSuspenseQuery(migrationQuery(id));
  const { data: snapshots } = useSuspenseQuery(snapshotsQuery(id));
  const [search, change] = useAddress();
  const sorting = useSorting();
  const navigate = useNavigate();
  const state = useImport(id);
  const { job } = search;
  const columns = useMemo(() => columnsFor(id), [id]);

  useEffect(() => {
    if (job !== undefined) followImport(id, job);
  }, [id, job]);
  // So that a link to this page, or loading it again, follows the same import.
  const running = state?.step === 'running' ? state.job.id : undefined;
  useEffect(() => {
    if (running !== undefined && running !== job) change({ job: running });
  }, [running, job, change]);
  useEffect(() => {
    if (state?.step !== 'done') return;
    forgetImport(id);
    // What took the place of an earlier snapshot is looked at by what it changed.
    const open = async (): Promise<void> => {
      const now = await queryClient.fetchQuery({ ...snapshotsQuery(id), staleTime: 0 });
      const to = now.length > 1 ? '/migrations/$id/import/changes' : '/migrations/$id';
      await navigate({ to, params: { id }, replace: true });
    };
    open().catch(tellFailure);
  }, [state?.step, id, navigate]);

  const isBusy = state !== undefined && !isOver(state);
  const again = (
    <Button
      variant="default"
      onClick={() => {
        forgetImport(id);
        change({ job: undefined });
      }}
    >
      Import something else
    </Button>
  );
  return (
    <Page
      title={isBusy ? 'Importing' : 'Import'}
      of={migration.name}
      answer={
        isBusy
          ? snapshots.length === 0
            ? 'The overview opens by itself once this is done. You can look around meanwhile.'
            : 'What changed opens by itself once this is done. You can look around meanwhile.'
          : snapshots.length === 0
            ? 'Nothing has been imported into this migration yet.'
            : `${count(snapshots.length, 'snapshot')} so far. A new one takes the place of the newest; phases, owners, notes and history stay.`
      }
    >
      {state === undefined ? (
        <DropZone heading="Drop the manifests of the estate here" onFound={(found) => void startImport(id, found)} />
      ) : (
        <>
          <Progress state={state} onCancel={() => void cancelImport(id).catch(tellFailure)} />
          {isOver(state) && state.step !== 'done' && <div>{again}</div>}
        </>
      )}
      {snapshots.length > 0 && (
        <Section title="Snapshots">
          <DataTable
            label="Snapshots"
            columns={columns}
            rows={snapshots}
            rowId={(row) => String(row.number)}
            {...sorting('sort', columns)}
            empty="None."
          />
        </Section>
      )}
      {snapshots.length === 0 && !isBusy && (
        <p className="muted">
          Not sure where to begin? <Link to="/">The first page</Link> has a sample estate and the commands that export a
          cluster.
        </p>
      )}
    </Page>
  );
}
