import type { StoredPlan } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import type { Sort } from '../../ui/sort.ts';
import { Ago } from '../../ui/time.tsx';
import { type Clash, clashesOf, combined } from './conflicts.ts';
import { type Draft, setDraft } from './draft.ts';
import classes from './page.module.css';
import { planQuery } from './queries.ts';
import { servicesOf } from './use-plan.ts';

const columns: readonly Column<Clash>[] = [
  { id: 'what', title: 'What', width: [200, 2], value: ({ what }) => what },
  { id: 'theirs', title: 'Theirs', width: [160, 2], value: ({ theirs }) => theirs },
  { id: 'mine', title: 'Yours', width: [160, 2], value: ({ mine }) => mine },
  {
    id: 'both',
    title: 'Changed by',
    width: [112, 1],
    value: ({ isMutual }) => (isMutual ? 'both of you' : 'one of you'),
  },
];

/** Both values of what two people changed in one plan, and three ways on; none of them loses anything unseen. */
export function Conflict(props: {
  migration: string;
  draft: Draft;
  stored: StoredPlan;
  isBusy: boolean;
  onKeep: (draft: Draft) => void;
  onClose: () => void;
}) {
  const { migration, draft, stored, isBusy, onKeep, onClose } = props;
  const { data: plan, isFetching } = useQuery(planQuery(migration));
  const [sort, setSort] = useState<Sort>();
  const theirWaves = useMemo(
    () => (plan === undefined || isFetching ? undefined : servicesOf(plan)),
    [plan, isFetching],
  );
  const versions = useMemo(
    () =>
      theirWaves && {
        base: draft.base.settings,
        theirs: stored.settings,
        mine: draft.settings,
        baseWaves: draft.baseWaves,
        theirWaves,
      },
    [draft, stored, theirWaves],
  );
  const clashes = useMemo(() => (versions === undefined ? [] : clashesOf(versions)), [versions]);
  const rebased = (settings: Draft['settings']): Draft => ({
    base: stored,
    baseWaves: theirWaves ?? [],
    settings,
    before: [],
  });
  return (
    <Dialog title="The plan changed meanwhile" width={900} onClose={onClose}>
      <div className={classes.dialog}>
        <p>
          {stored.updatedBy ?? 'Somebody'} changed the plan
          {stored.updatedAt !== null && (
            <>
              {' '}
              (<Ago at={stored.updatedAt} />)
            </>
          )}{' '}
          after you had begun. Nothing was overwritten; your changes are still here.
        </p>
        {versions === undefined ? (
          <p className="muted" role="status">
            Reading what it is now …
          </p>
        ) : (
          <DataTable
            label="Both values"
            columns={columns}
            rows={clashes}
            rowId={(_, index) => String(index)}
            sort={sort}
            onSort={setSort}
            empty="Both are the same by now."
          />
        )}
        <div className={classes.buttons}>
          <Button
            variant="default"
            onClick={() => {
              setDraft(migration, undefined);
              onClose();
            }}
          >
            Leave theirs
          </Button>
          <Button
            variant="default"
            loading={isBusy}
            disabled={versions === undefined}
            onClick={() => onKeep(rebased(draft.settings))}
          >
            Use yours
          </Button>
          <Button
            disabled={versions === undefined}
            onClick={() => {
              if (versions === undefined) return;
              setDraft(migration, rebased(combined(versions)));
              onClose();
            }}
          >
            Combine and look at it
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
