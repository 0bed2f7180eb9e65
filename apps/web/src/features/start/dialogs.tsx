import type { Migration } from '@isthmus/contract';
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { isProblem } from '../../api/problem.ts';
import { keys, queryClient } from '../../api/queries.ts';
import { bytes, count } from '../../text/format.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { tell, tellFailure } from '../../ui/tell.ts';
import { changeMigration } from '../settings/change.ts';
import classes from './migrations.module.css';

interface DialogProps {
  readonly migration: Migration;
  readonly onClose: () => void;
}

export function RenameDialog({ migration, onClose }: DialogProps) {
  const [name, setName] = useState(migration.name);
  const [revision, setRevision] = useState(migration.revision);
  const [theirs, setTheirs] = useState<string>();
  const rename = useMutation({
    mutationFn: () => changeMigration(migration.id, { revision, name: name.trim() }),
    onSuccess: onClose,
    onError: (error) => {
      if (!isProblem(error, 'conflict')) {
        tellFailure(error);
        return;
      }
      const current = error.problem.current as Migration;
      setRevision(current.revision);
      setTheirs(current.name);
    },
  });
  return (
    <Dialog title="Rename the migration" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate();
        }}
      >
        <TextInput
          data-autofocus
          label="Name"
          maxLength={120}
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
        {theirs !== undefined && (
          <p role="alert">
            Somebody changed this migration meanwhile; its name is “{theirs}” now. Rename again to use yours instead.
          </p>
        )}
        <div className={classes.buttons}>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={rename.isPending} disabled={name.trim() === ''}>
            Rename
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** Shows what deleting removes before it is done. */
export function DeleteDialog({ migration, onClose }: DialogProps) {
  const { id, name } = migration;
  const deletion = useQuery({
    queryKey: [...keys.migration(id), 'deletion'],
    queryFn: ({ signal }) => call('GET /migrations/:id/deletion', { params: { id } }, signal),
    staleTime: 0,
  });
  const remove = useMutation({
    mutationFn: () => call('DELETE /migrations/:id', { params: { id } }),
    onSuccess: () => {
      queryClient.removeQueries({ queryKey: keys.migration(id) });
      void queryClient.invalidateQueries({ queryKey: keys.migrations });
      tell(`${name} is deleted.`);
      onClose();
    },
    onError: tellFailure,
  });
  return (
    <Dialog title={`Delete ${name}`} onClose={onClose}>
      {deletion.data === undefined ? (
        <p role="status">{deletion.error === null ? 'Counting what it holds …' : deletion.error.message}</p>
      ) : (
        <>
          <p>This removes, for good and for everybody:</p>
          <ul className={classes.removed}>
            <li>{count(deletion.data.snapshots, 'snapshot')}</li>
            <li>phase, owner and note of {count(deletion.data.services, 'service')}</li>
            <li>{count(deletion.data.history, 'entry', 'entries')} of the history</li>
            <li>{bytes(deletion.data.bytes)} of stored manifests</li>
          </ul>
          <p className="muted">
            The clusters are not touched. Archiving instead keeps everything and only hides it from the list.
          </p>
        </>
      )}
      <div className={classes.buttons}>
        <Button data-autofocus variant="default" onClick={onClose}>
          Keep it
        </Button>
        <Button
          color="danger"
          disabled={deletion.data === undefined}
          loading={remove.isPending}
          onClick={() => remove.mutate()}
        >
          Delete for good
        </Button>
      </div>
    </Dialog>
  );
}
