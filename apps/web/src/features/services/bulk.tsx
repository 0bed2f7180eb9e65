import type { Gate, Phase, Service } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { count } from '../../text/format.ts';
import { tell, tellFailure } from '../../ui/tell.ts';
import classes from './bulk.module.css';
import { type Change, changeServices, undoOf, type Wanted } from './changes.ts';
import { PhaseSelect } from './phase.tsx';

const Conflict = lazy(async () => ({ default: (await import('./conflict.tsx')).Conflict }));
const ShutGates = lazy(async () => ({ default: (await import('./shut-gates.tsx')).ShutGates }));

/** What is asked of the server, with the services as they were seen. */
interface Wish {
  readonly services: readonly Service[];
  readonly wanted: Wanted;
  /** Why they enter a phase whose gates are shut. */
  readonly reason?: string;
}

/** Takes a change of many services back, unless somebody changed them since. */
function Undo({ migration, changes }: { migration: string; changes: readonly Change[] }) {
  const undo = useMutation({
    mutationFn: async () => {
      let left = 0;
      for (const { services, wanted } of changes)
        left += (await changeServices(migration, services, wanted)).conflicts.length;
      return left;
    },
    onSuccess: (left) =>
      left > 0 && tell(`${count(left, 'service')} changed again since and ${left === 1 ? 'was' : 'were'} left alone.`),
    onError: tellFailure,
  });
  return undo.isSuccess ? (
    'Taken back.'
  ) : (
    <Button size="compact-sm" variant="default" loading={undo.isPending} onClick={() => undo.mutate()}>
      Undo
    </Button>
  );
}

export interface BulkProps {
  readonly migration: string;
  readonly selected: readonly Service[];
  readonly onClear: () => void;
}

/** One change of all selected services. */
export function Bulk({ migration, selected, onClear }: BulkProps) {
  const [phase, setPhase] = useState<Phase | ''>('');
  const [owner, setOwner] = useState('');
  const [conflict, setConflict] = useState<Wish>();
  const [shut, setShut] = useState<Wish & { readonly gates: readonly Gate[] }>();
  const change = useMutation({
    mutationFn: ({ services, wanted, reason }: Wish) => changeServices(migration, services, wanted, reason),
    onSuccess: ({ changed, conflicts, refused }, { services, wanted, reason }) => {
      if (changed.length > 0)
        tell(
          `${count(changed.length, 'service')} changed.`,
          <Undo migration={migration} changes={undoOf(services, changed, wanted)} />,
        );
      const kept = new Set(refused.map(({ service }) => service));
      const left = services.filter(({ id }) => kept.has(id));
      setShut(left.length === 0 ? undefined : { services: left, wanted, gates: refused });
      setConflict(
        conflicts.length === 0
          ? undefined
          : { services: conflicts, wanted, ...(reason === undefined ? {} : { reason }) },
      );
      setPhase('');
      setOwner('');
    },
    onError: tellFailure,
  });
  const apply = (wanted: Wanted): void => change.mutate({ services: selected, wanted });
  return (
    <>
      <section className={classes.bulk} aria-label="Change the selected services">
        <strong className="number">{count(selected.length, 'service')} selected</strong>
        <span className={classes.part}>
          <PhaseSelect label="Phase of the selected services" value={phase} onChange={setPhase} />
          <Button
            size="compact-md"
            variant="default"
            disabled={phase === ''}
            loading={change.isPending}
            onClick={() => phase !== '' && apply({ phase })}
          >
            Set phase
          </Button>
        </span>
        <form
          className={classes.part}
          onSubmit={(event) => {
            event.preventDefault();
            apply({ owner: owner.trim() });
          }}
        >
          <input
            className={classes.owner}
            aria-label="Owner of the selected services"
            placeholder="Owner"
            maxLength={200}
            value={owner}
            onChange={({ target }) => setOwner(target.value)}
          />
          <Button size="compact-md" variant="default" type="submit" loading={change.isPending}>
            {owner.trim() === '' ? 'Clear owner' : 'Set owner'}
          </Button>
        </form>
        <Button size="compact-md" variant="subtle" onClick={onClear}>
          Select none
        </Button>
      </section>
      <Suspense>
        {shut !== undefined && (
          <ShutGates
            gates={shut.gates}
            isBusy={change.isPending}
            onOverride={(reason) => change.mutate({ services: shut.services, wanted: shut.wanted, reason })}
            onClose={() => setShut(undefined)}
          />
        )}
        {conflict !== undefined && (
          <Conflict
            services={conflict.services}
            wanted={conflict.wanted}
            isBusy={change.isPending}
            onMine={() => change.mutate(conflict)}
            onTheirs={() => setConflict(undefined)}
          />
        )}
      </Suspense>
    </>
  );
}
