import type { Diagnostic } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { call } from '../../api/client.ts';
import { keys, queryClient } from '../../api/queries.ts';
import { Accept } from '../../ui/accept.tsx';
import { tell, tellFailure } from '../../ui/tell.ts';
import { Ago } from '../../ui/time.tsx';
import classes from './acceptance.module.css';

/** Reads anew what counts findings, also where somebody else was quicker. */
function refresh(migration: string): void {
  void queryClient.invalidateQueries({ queryKey: keys.views(migration) });
  void queryClient.invalidateQueries({ queryKey: [...keys.migration(migration), 'history'] });
}

/** Accepts a finding with a reason, or takes that back; nothing where there is nothing to decide. */
export function Acceptance({ migration, finding }: { migration: string; finding: Diagnostic }) {
  const { id, accepted, code, severity } = finding;
  const box = useRef<HTMLDivElement>(null);
  // What had the focus is gone by then: it goes to the finding's line, where it stands in a list.
  const goOn = (): void => box.current?.closest('li')?.querySelector('button')?.focus();
  const save = useMutation({
    mutationFn: (reason: string) =>
      call('POST /migrations/:id/acceptances', { params: { id: migration }, body: { finding: id ?? '', reason } }),
    onSuccess: () => {
      goOn();
      tell(`${code} is accepted. The history and the report say so.`);
    },
    onError: tellFailure,
    onSettled: () => refresh(migration),
  });
  const withdraw = useMutation({
    mutationFn: () =>
      call('DELETE /migrations/:id/acceptances/:finding', { params: { id: migration, finding: id ?? '' } }),
    onSuccess: () => {
      goOn();
      tell(`${code} is open again.`);
    },
    onError: tellFailure,
    onSettled: () => refresh(migration),
  });
  if (id === undefined) return null;
  if (accepted === undefined)
    return (
      <div ref={box}>
        <Accept
          question={
            severity === 'blocker'
              ? `Why does ${code} block nothing here? Say what makes up for it.`
              : `Why may ${code} stay as it is?`
          }
          isPending={save.isPending}
          onAccept={save.mutate}
        />
      </div>
    );
  return (
    <div ref={box} className={classes.accepted}>
      <p>
        Accepted by {accepted.by}, <Ago at={accepted.at} />: {accepted.reason}
      </p>
      <Button size="compact-sm" variant="default" loading={withdraw.isPending} onClick={() => withdraw.mutate()}>
        Take back
      </Button>
    </div>
  );
}
