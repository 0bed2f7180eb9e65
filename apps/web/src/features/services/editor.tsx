import type { Service } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { lazy, Suspense, useId, useState } from 'react';
import { tell, tellFailure } from '../../ui/tell.ts';
import { changeableFields, changeService, type Wanted } from './changes.ts';
import classes from './editor.module.css';

const Conflict = lazy(async () => ({ default: (await import('./conflict.tsx')).Conflict }));

/** The fields of a draft in which it differs from what is stored. */
export function changesOf(service: Service, draft: Wanted): Wanted {
  return Object.fromEntries(
    changeableFields.flatMap((field) =>
      draft[field] === undefined || draft[field] === service[field] ? [] : [[field, draft[field]]],
    ),
  );
}

/**
 * Owner and note of a service. A draft is kept apart from what is stored, so that a change by somebody else shows
 * in the fields that are not being edited and never overwrites those that are.
 */
export function Editor({ migration, service }: { migration: string; service: Service }) {
  const id = useId();
  const [draft, setDraft] = useState<Wanted>({});
  // What the person saw when the first field was touched; the change is refused if that is no longer what is stored.
  const [seen, setSeen] = useState<Service>();
  const [conflict, setConflict] = useState<Service>();
  const changes = changesOf(service, draft);
  const isChanged = Object.keys(changes).length > 0;
  const edit = (part: Wanted): void => {
    setSeen((before) => before ?? service);
    setDraft((before) => ({ ...before, ...part }));
  };
  const reset = (): void => {
    setDraft({});
    setSeen(undefined);
    setConflict(undefined);
  };
  const save = useMutation({
    mutationFn: (base: Service) => changeService(migration, base, changes),
    onSuccess: (outcome) => {
      if (outcome.kind === 'conflict') setConflict(outcome.current);
      else {
        reset();
        tell('Saved.');
      }
    },
    onError: tellFailure,
  });
  return (
    <form
      className={classes.editor}
      onSubmit={(event) => {
        event.preventDefault();
        if (isChanged) save.mutate(seen ?? service);
      }}
    >
      <div className={classes.field}>
        <label htmlFor={`${id}-owner`}>Owner</label>
        <input
          id={`${id}-owner`}
          className={classes.input}
          maxLength={200}
          placeholder="Nobody yet"
          value={draft.owner ?? service.owner}
          onChange={({ target }) => edit({ owner: target.value })}
        />
      </div>
      <div className={`${classes.field} ${classes.wide}`}>
        <label htmlFor={`${id}-note`}>Note</label>
        <textarea
          id={`${id}-note`}
          className={classes.input}
          maxLength={10_000}
          rows={Math.min(12, Math.max(2, (draft.note ?? service.note).split('\n').length))}
          value={draft.note ?? service.note}
          onChange={({ target }) => edit({ note: target.value })}
        />
      </div>
      <div className={classes.buttons}>
        <Button type="submit" disabled={!isChanged} loading={save.isPending}>
          Save
        </Button>
        {isChanged && (
          <Button variant="default" onClick={reset}>
            Discard
          </Button>
        )}
      </div>
      <Suspense>
        {conflict !== undefined && (
          <Conflict
            services={[conflict]}
            wanted={changes}
            isBusy={save.isPending}
            onMine={() => save.mutate(conflict)}
            onTheirs={reset}
          />
        )}
      </Suspense>
    </form>
  );
}
