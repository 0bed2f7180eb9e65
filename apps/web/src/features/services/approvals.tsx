import type { ServiceGates } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { queryClient, sessionQuery } from '../../api/queries.ts';
import { tell, tellFailure } from '../../ui/tell.ts';
import classes from './gate.module.css';
import { gatesQuery } from './queries.ts';

/** Approves that the traffic of a service shifts, or takes the own approval back. */
export function Approve({ migration, gates }: { migration: string; gates: ServiceGates }) {
  const [namespace = '', name = ''] = gates.service.split('/');
  const params = { id: migration, namespace, name };
  // The server calls people without a name so.
  const me = useQuery(sessionQuery).data?.name || 'anonymous';
  const [note, setNote] = useState('');
  const { queryKey } = gatesQuery(migration, namespace, name);
  const done = (next: ServiceGates, said: string): void => {
    queryClient.setQueryData(queryKey, next);
    setNote('');
    tell(said);
  };
  const approve = useMutation({
    mutationFn: () =>
      call('POST /migrations/:id/services/:namespace/:name/approvals', { params, body: { note: note.trim() } }),
    onSuccess: (next) => done(next, 'Approved.'),
    onError: tellFailure,
  });
  const withdraw = useMutation({
    mutationFn: () => call('DELETE /migrations/:id/services/:namespace/:name/approvals', { params }),
    onSuccess: (next) => done(next, 'Your approval is taken back.'),
    onError: tellFailure,
  });
  if (gates.approvals.some(({ by }) => by === me))
    return (
      <div className={classes.approvals}>
        <Button size="compact-md" variant="default" loading={withdraw.isPending} onClick={() => withdraw.mutate()}>
          Take my approval back
        </Button>
      </div>
    );
  return (
    <form
      className={classes.approvals}
      onSubmit={(event) => {
        event.preventDefault();
        approve.mutate();
      }}
    >
      <input
        aria-label="Note to the approval"
        placeholder="Note, for the history"
        maxLength={2000}
        value={note}
        onChange={({ target }) => setNote(target.value)}
      />
      <Button size="compact-md" variant="default" type="submit" loading={approve.isPending}>
        Approve as {me}
      </Button>
    </form>
  );
}
