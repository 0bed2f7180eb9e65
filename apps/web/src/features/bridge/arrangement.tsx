import type { PlanSettings, StoredPlan } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';
import { call } from '../../api/client.ts';
import { storePlan } from '../../api/live.ts';
import { isProblem } from '../../api/problem.ts';
import { queryClient } from '../../api/queries.ts';
import { Section } from '../../ui/page.tsx';
import { tell } from '../../ui/tell.ts';
import { settingWords, valueInWords } from '../plan/conflicts.ts';
import classes from './bridge.module.css';

type Wanted = Partial<Pick<PlanSettings, 'topology' | 'domain' | 'gatewayNamespace'>>;
const names = ['topology', 'domain', 'gatewayNamespace'] as const;

function Field({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className={classes.field}>
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}

/** Where both meshes run, which decides how they are joined. Kept for everybody once it is said so. */
export function Arrangement({ migration, stored }: { migration: string; stored: StoredPlan }) {
  const [draft, setDraft] = useState<Wanted>({});
  const [seen, setSeen] = useState<StoredPlan>();
  const changed = names.filter((name) => draft[name] !== undefined && draft[name] !== stored.settings[name]);
  const settings = { ...stored.settings, ...draft };
  const edit = (change: Wanted): void => {
    setSeen((before) => before ?? stored);
    setDraft((before) => ({ ...before, ...change }));
  };
  const reset = (): void => {
    setDraft({});
    setSeen(undefined);
  };
  const save = useMutation({
    mutationFn: (base: StoredPlan) =>
      call('PATCH /migrations/:id/plan/settings', {
        params: { id: migration },
        body: { revision: base.revision, settings: Object.fromEntries(changed.map((name) => [name, draft[name]])) },
      }),
    onSuccess: (next) => {
      storePlan(queryClient, migration, next);
      reset();
      tell('Kept for everybody.');
    },
    onError: (error) => {
      if (isProblem(error, 'conflict')) storePlan(queryClient, migration, error.problem.current as StoredPlan);
    },
  });
  const isConflict = isProblem(save.error, 'conflict');
  return (
    <Section title="How the meshes stand to each other">
      <form
        className={classes.arrangement}
        onSubmit={(event) => {
          event.preventDefault();
          // After a conflict both values are on the screen: pressing again means yours.
          save.mutate(isConflict ? stored : (seen ?? stored));
        }}
      >
        <Field label={settingWords.topology}>
          {(id) => (
            <select
              id={id}
              value={settings.topology}
              onChange={({ target }) => edit({ topology: target.value as PlanSettings['topology'] })}
            >
              {(['same-cluster', 'separate-clusters'] as const).map((one) => (
                <option key={one} value={one}>
                  {valueInWords('topology', one)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={settingWords.gatewayNamespace}>
          {(id) => (
            <input
              id={id}
              maxLength={63}
              value={settings.gatewayNamespace}
              onChange={({ target }) => edit({ gatewayNamespace: target.value.trim() })}
            />
          )}
        </Field>
        {settings.topology === 'separate-clusters' && (
          <Field label={settingWords.domain}>
            {(id) => (
              <input
                id={id}
                maxLength={200}
                value={settings.domain}
                onChange={({ target }) => edit({ domain: target.value.trim() })}
              />
            )}
          </Field>
        )}
        {changed.length > 0 && (
          <div className={classes.tools}>
            <Button size="compact-md" type="submit" loading={save.isPending}>
              {isConflict ? 'Use mine' : 'Keep for everybody'}
            </Button>
            <Button
              size="compact-md"
              variant="default"
              onClick={() => {
                reset();
                save.reset();
              }}
            >
              {isConflict ? 'Leave theirs' : 'Discard'}
            </Button>
          </div>
        )}
      </form>
      {save.error !== null && changed.length > 0 && (
        <div role="alert" className={classes.refused}>
          {isConflict ? (
            <>
              <p>
                <strong>Not kept.</strong> {stored.updatedBy ?? 'Somebody'} changed the plan meanwhile. Nothing was
                overwritten:
              </p>
              <ul>
                {changed.map((name) => (
                  <li key={name}>
                    {settingWords[name]}: theirs “{valueInWords(name, stored.settings[name])}”, yours “
                    {valueInWords(name, settings[name])}”
                  </li>
                ))}
              </ul>
            </>
          ) : (
            <p>
              <strong>Refused.</strong> {save.error.message}
            </p>
          )}
        </div>
      )}
    </Section>
  );
}
