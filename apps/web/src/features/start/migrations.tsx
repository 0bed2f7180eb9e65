import type { Migration } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import { isProblem } from '../../api/problem.ts';
import { keys, queryClient } from '../../api/queries.ts';
import { count, whole } from '../../text/format.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { hrefOf, RowLink } from '../../ui/row-link.tsx';
import { formatSort, parseSort } from '../../ui/sort.ts';
import { tell, tellFailure } from '../../ui/tell.ts';
import { Ago } from '../../ui/time.tsx';
import { useAddress } from '../../ui/use-search.ts';
import { changeMigration } from '../settings/change.ts';
import classes from './migrations.module.css';

const RenameDialog = lazy(async () => ({ default: (await import('./dialogs.tsx')).RenameDialog }));
const DeleteDialog = lazy(async () => ({ default: (await import('./dialogs.tsx')).DeleteDialog }));

type Wish = { readonly action: 'rename' | 'delete'; readonly migration: Migration };

const columnIds = ['name', 'snapshot', 'resources', 'istio', 'target'];

/** The migrations, newest first, with what can be done to each. */
export function Migrations({ migrations }: { migrations: readonly Migration[] }) {
  const [search, change] = useAddress();
  const navigate = useNavigate();
  const [wish, setWish] = useState<Wish>();
  const areArchivedShown = search.archived === 'shown';
  const archived = migrations.filter(({ archivedAt }) => archivedAt !== null).length;
  const rows = useMemo(
    () =>
      migrations
        .filter(({ archivedAt }) => areArchivedShown || archivedAt === null)
        .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1)),
    [migrations, areArchivedShown],
  );
  const { mutate: archive } = useMutation({
    mutationFn: ({ id, revision, archivedAt }: Migration) =>
      changeMigration(id, { revision, archived: archivedAt === null }),
    onSuccess: ({ name, archivedAt }) =>
      tell(
        archivedAt === null ? `${name} is back among the others.` : `${name} is archived. Nothing of it was removed.`,
      ),
    onError: (error) => {
      void queryClient.invalidateQueries({ queryKey: keys.migrations });
      if (isProblem(error, 'conflict')) tell('Somebody changed this migration meanwhile; the list is read anew.');
      else tellFailure(error);
    },
  });
  const columns = useMemo<readonly Column<Migration>[]>(
    () => [
      {
        id: 'name',
        title: 'Name',
        width: [160, 3],
        value: ({ name }) => name,
        cell: ({ id, name, archivedAt }) => (
          <span>
            <RowLink href={hrefOf`/migrations/${id}`}>{name}</RowLink>
            {archivedAt !== null && <span className="muted"> · archived</span>}
          </span>
        ),
      },
      {
        id: 'snapshot',
        title: 'Newest snapshot',
        width: [144, 2],
        value: ({ snapshot }) => snapshot?.createdAt ?? '',
        cell: ({ snapshot }) =>
          snapshot === null ? (
            <span className="muted">nothing imported yet</span>
          ) : (
            <span>
              {snapshot.number} · <Ago at={snapshot.createdAt} />
            </span>
          ),
      },
      {
        id: 'resources',
        title: 'Resources',
        width: [88, 1],
        isNumber: true,
        value: ({ snapshot }) => snapshot?.resources ?? 0,
        cell: ({ snapshot }) => (snapshot === null ? '' : whole(snapshot.resources)),
      },
      {
        id: 'istio',
        title: 'Istio',
        width: [64, 1],
        isNumber: true,
        value: ({ snapshot }) => snapshot?.istio ?? 0,
        cell: ({ snapshot }) => (snapshot === null ? '' : whole(snapshot.istio)),
      },
      { id: 'target', title: 'Target', width: [72, 1], value: ({ settings }) => settings.target },
      {
        id: 'actions',
        title: 'Actions',
        isUnordered: true,
        width: [220, 0],
        value: () => '',
        cell: (migration) => (
          <span className={classes.actions}>
            <Button
              size="compact-sm"
              variant="subtle"
              aria-label={`Rename ${migration.name}`}
              onClick={() => setWish({ action: 'rename', migration })}
            >
              Rename
            </Button>
            <Button
              size="compact-sm"
              variant="subtle"
              aria-label={`${migration.archivedAt === null ? 'Archive' : 'Restore'} ${migration.name}`}
              onClick={() => archive(migration)}
            >
              {migration.archivedAt === null ? 'Archive' : 'Restore'}
            </Button>
            <Button
              size="compact-sm"
              variant="subtle"
              color="danger"
              aria-label={`Delete ${migration.name}`}
              onClick={() => setWish({ action: 'delete', migration })}
            >
              Delete
            </Button>
          </span>
        ),
      },
    ],
    [archive],
  );
  return (
    <>
      {archived > 0 && (
        <div>
          <Button
            size="compact-sm"
            variant="default"
            aria-pressed={areArchivedShown}
            onClick={() => change({ archived: areArchivedShown ? undefined : 'shown' })}
          >
            {areArchivedShown ? 'Hide' : 'Show'} {count(archived, 'archived migration')}
          </Button>
        </div>
      )}
      <DataTable
        label="Migrations"
        columns={columns}
        rows={rows}
        rowId={({ id }) => id}
        sort={parseSort(search.sort, columnIds)}
        onSort={(sort) => change({ sort: formatSort(sort) })}
        onOpen={({ id }) => void navigate({ to: '/migrations/$id', params: { id } })}
        empty="All migrations are archived."
      />
      <Suspense>
        {wish?.action === 'rename' && <RenameDialog migration={wish.migration} onClose={() => setWish(undefined)} />}
        {wish?.action === 'delete' && <DeleteDialog migration={wish.migration} onClose={() => setWish(undefined)} />}
      </Suspense>
    </>
  );
}
