import type { PlanSettings } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { call } from '../../api/client.ts';
import { storePlan } from '../../api/live.ts';
import { isProblem } from '../../api/problem.ts';
import { queryClient } from '../../api/queries.ts';
import { count, whole } from '../../text/format.ts';
import { tell, tellFailure } from '../../ui/tell.ts';
import { useLeaveGuard } from '../../ui/use-leave-guard.ts';
import { filled, movesBetween } from './board.ts';
import { settingWords } from './conflicts.ts';
import { type Draft, setDraft, undone } from './draft.ts';
import classes from './page.module.css';
import type { PlanState } from './use-plan.ts';

const Conflict = lazy(async () => ({ default: (await import('./conflict.tsx')).Conflict }));

/** What a draft would change, in a line. */
function draftInWords({ settings, baseWaves }: Pick<Draft, 'settings' | 'baseWaves'>): string {
  const parts = (Object.keys(settings) as (keyof PlanSettings)[])
    // Services that stay are among those that move on the board.
    .filter((key) => key !== 'arrangement' && !(key === 'excluded' && settings.arrangement))
    .map((key) => settingWords[key].toLowerCase());
  if (settings.arrangement === null) parts.unshift('waves planned anew');
  else if (settings.arrangement !== undefined) {
    const moves = movesBetween(baseWaves, settings.arrangement).length;
    parts.unshift(`${count(moves, 'service')} moved`);
  }
  return parts.join(', ');
}

const signed = (number: number): string => (number > 0 ? `+${whole(number)}` : `−${whole(-number)}`);

/** What follows from a draft beside what is kept. */
function Consequences({ state }: { state: PlanState }) {
  const { plan, assessed, isOld, error } = state;
  if (error !== null) return <span role="alert">{error.message}</span>;
  if (assessed === undefined) return <span className="muted">Working out what follows …</span>;
  const more = assessed.crossing - plan.summary.crossing;
  const worse = assessed.unkept.length - plan.unkept.length;
  return (
    <span className={isOld ? 'muted' : undefined}>
      At most {count(assessed.crossing, 'call crosses', 'calls cross')} at once
      {more === 0 ? '' : <strong> ({signed(more)})</strong>};{' '}
      {assessed.unkept.length === 0
        ? 'every constraint is kept'
        : count(assessed.unkept.length, 'constraint is not kept', 'constraints are not kept')}
      {worse === 0 ? '' : <strong> ({signed(worse)})</strong>}.
    </span>
  );
}

/** Keeps the draft, as it was based on a revision. */
async function keep(migration: string, { base, settings }: Draft) {
  const { arrangement } = settings;
  const body = {
    revision: base.revision,
    settings: { ...settings, ...(arrangement ? { arrangement: filled(arrangement) } : {}) },
  };
  return call('PATCH /migrations/:id/plan/settings', { params: { id: migration }, body });
}

/** Stays in view while there are changes that nobody else sees: what follows from them, keeping them, taking them back. */
export function DraftBar({ migration, state }: { migration: string; state: PlanState }) {
  const { draft, stored } = state;
  const [isCompared, setCompared] = useState(false);
  const save = useMutation({
    mutationFn: (kept: Draft) => keep(migration, kept),
    onSuccess: (next) => {
      setDraft(migration, undefined);
      storePlan(queryClient, migration, next);
      setCompared(false);
      tell('Kept for everybody.');
    },
    onError: (error) => {
      if (!isProblem(error, 'conflict')) {
        tellFailure(error);
        return;
      }
      storePlan(queryClient, migration, error.problem.current as typeof stored);
      setCompared(true);
    },
  });
  useLeaveGuard(draft !== undefined);
  if (draft === undefined) return null;
  const isOvertaken = stored.revision !== draft.base.revision;
  return (
    <section className={classes.draft} aria-label="Changes that are not kept yet">
      <p role="status">
        <strong>Not kept yet: {draftInWords(draft)}.</strong> <Consequences state={state} />
        {isOvertaken && <> {stored.updatedBy ?? 'Somebody'} changed the plan meanwhile.</>}
      </p>
      <div className={classes.buttons}>
        <Button size="compact-md" loading={save.isPending} onClick={() => save.mutate(draft)}>
          Keep for everybody
        </Button>
        <Button size="compact-md" variant="default" onClick={() => setDraft(migration, undone(draft))}>
          Undo
        </Button>
        <Button size="compact-md" variant="default" onClick={() => setDraft(migration, undefined)}>
          Discard all
        </Button>
        {isOvertaken && (
          <Button size="compact-md" variant="default" onClick={() => setCompared(true)}>
            Compare
          </Button>
        )}
      </div>
      <Suspense>
        {isCompared && isOvertaken && (
          <Conflict
            migration={migration}
            draft={draft}
            stored={stored}
            isBusy={save.isPending}
            onKeep={(next) => save.mutate(next)}
            onClose={() => setCompared(false)}
          />
        )}
      </Suspense>
    </section>
  );
}
