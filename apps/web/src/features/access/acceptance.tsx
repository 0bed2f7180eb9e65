import type { AccessRow, Migration } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Accept } from '../../ui/accept.tsx';
import { tell, tellFailure } from '../../ui/tell.ts';
import { changeMigration } from '../settings/change.ts';
import { acceptedFor, portWord, withoutAcceptance } from './rows.ts';

/** Accepts a verdict with a reason, or takes that back. */
export function Acceptance({ migration, row }: { migration: Migration; row: AccessRow }) {
  const { accepted } = migration.settings;
  const save = useMutation({
    mutationFn: (next: typeof accepted) =>
      changeMigration(migration.id, { revision: migration.revision, settings: { accepted: next } }),
    onSuccess: () => tell('Saved.'),
    onError: tellFailure,
  });
  if (row.accepted !== undefined)
    return (
      <p>
        Accepted: {row.accepted}{' '}
        <Button
          size="compact-sm"
          variant="default"
          loading={save.isPending}
          onClick={() => save.mutate(withoutAcceptance(accepted, row))}
        >
          Take back
        </Button>
      </p>
    );
  const { aspect, workload, port, verdict } = row;
  return (
    <Accept
      question={`Why may ${aspect} of ${workload} be ${verdict} on port ${portWord(port)}?`}
      isPending={save.isPending}
      onAccept={(reason) => save.mutate([...accepted, acceptedFor(row, reason)])}
    />
  );
}
