import type { Migration, Overview, Settings } from '@isthmus/contract';
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { storeMigration } from '../../api/live.ts';
import { isProblem } from '../../api/problem.ts';
import { migrationQuery, overviewQuery, queryClient } from '../../api/queries.ts';
import { whole } from '../../text/format.ts';
import { Page, Section } from '../../ui/page.tsx';
import { tell, tellFailure } from '../../ui/tell.ts';
import { changeMigration } from './change.ts';
import { changedSettings, nameFields, problemOf, shown } from './fields.ts';
import classes from './page.module.css';
import { targets } from './targets.ts';

interface Option<Value> {
  readonly value: Value;
  readonly label: string;
  readonly help: string;
}

function Choice<Value extends string | boolean>(props: {
  label: string;
  name: string;
  value: Value;
  options: readonly Option<Value>[];
  onChange: (value: Value) => void;
}) {
  const { label, name, value, options, onChange } = props;
  return (
    <fieldset className={classes.choice}>
      <legend>{label}</legend>
      {options.map((option) => (
        <label key={String(option.value)} className={classes.option}>
          <input type="radio" name={name} checked={value === option.value} onChange={() => onChange(option.value)} />
          <span>
            {option.label}
            <span className={classes.help}>{option.help}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

const completeOptions: readonly Option<boolean>[] = [
  {
    value: false,
    label: 'A part, perhaps',
    help: 'Nothing is concluded from what is absent; what would rest on that is a draft with a warning.',
  },
  {
    value: true,
    label: 'The whole estate',
    help: 'What is absent is absent from the mesh: without any AuthorizationPolicy, for example, a permission for everybody is emitted.',
  },
];

const defaultsOptions: readonly Option<Settings['defaults']>[] = [
  {
    value: 'keep',
    label: 'Keep the behaviour of Istio',
    help: 'Timeouts, retries, load balancing and connection limits are written out where the defaults of the meshes differ.',
  },
  {
    value: 'adopt',
    label: 'Adopt the defaults of Kong Mesh',
    help: 'Fewer policies; requests time out after 15 s where Istio waits for good, and other differences come with it.',
  },
];

const routerOptions: readonly Option<Settings['router']>[] = [
  {
    value: 'expressions',
    label: 'expressions',
    help: 'What Kong Gateway runs without a database. The order of rules is kept by the length of paths.',
  },
  {
    value: 'traditional_compatible',
    label: 'traditional_compatible',
    help: 'What it runs with a database. Each rule gets a route of its own; more rules cannot be kept and wait.',
  },
];

const targetOptions: readonly Option<Settings['target']>[] = targets.map(({ version, label }) => ({
  value: version,
  label,
  help:
    version === '2.13'
      ? 'Supported for long.'
      : version === '2.14'
        ? 'The newest release.'
        : 'Not released: what it accepts may still change.',
}));

/** What a change of the settings did to the estate. */
function Effect({ before, after }: { before: Overview; after: Overview }) {
  const rows: readonly (readonly [string, number, number])[] = [
    ['Resources that carry over without a blocker', before.carriedResources, after.carriedResources],
    ['Blockers', before.findings.blocker, after.findings.blocker],
    ['Warnings', before.findings.warning, after.findings.warning],
    ['Resources in the bundle', before.emitted, after.emitted],
    ['Drafts', before.drafts, after.drafts],
    ['Patches', before.patches, after.patches],
  ];
  const changed = rows.filter(([, old, now]) => old !== now);
  return (
    <div role="status" className={classes.effect}>
      {changed.length === 0 ? (
        <p>Saved. It changed no count of this snapshot.</p>
      ) : (
        <>
          <p>Saved. What it changed:</p>
          <dl>
            {changed.map(([label, old, now]) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd className="number">
                  {whole(old)} → {whole(now)}
                </dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </div>
  );
}

/** The settings of a migration, each with what it decides. */
export function SettingsPage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const { data: migration } = useSuspenseQuery(migrationQuery(id));
  const overview = useQuery({ ...overviewQuery(id), enabled: migration.snapshot !== null });
  const [draft, setDraft] = useState<Partial<Settings>>({});
  const [seen, setSeen] = useState<Migration>();
  const [conflict, setConflict] = useState<Migration>();
  const [before, setBefore] = useState<Overview>();
  const stored = migration.settings;
  const settings = { ...stored, ...draft };
  const changes = changedSettings(stored, draft);
  const names = Object.keys(changes) as (keyof Settings)[];
  const isValid = nameFields.every(({ name }) => problemOf(name, settings[name] ?? '') === undefined);
  const set = (part: Partial<Settings>): void => {
    setSeen((known) => known ?? migration);
    setBefore(undefined);
    setDraft((known) => ({ ...known, ...part }));
  };
  const discard = (): void => {
    setDraft({});
    setSeen(undefined);
    setConflict(undefined);
  };
  const save = useMutation({
    mutationFn: (base: Migration) => changeMigration(id, { revision: base.revision, settings: changes }),
    onMutate: () => setBefore(overview.data),
    onSuccess: () => {
      discard();
      tell('Saved.');
    },
    onError: (error) => {
      setBefore(undefined);
      if (!isProblem(error, 'conflict')) {
        tellFailure(error);
        return;
      }
      const current = error.problem.current as Migration;
      storeMigration(queryClient, current);
      setConflict(current);
    },
  });
  const field = ({ name, label, help }: (typeof nameFields)[number]): ReactNode => (
    <TextInput
      key={name}
      label={label}
      description={help}
      spellCheck={false}
      maxLength={253}
      value={settings[name] ?? ''}
      error={problemOf(name, settings[name] ?? '')}
      onChange={({ target }) => set({ [name]: target.value })}
    />
  );
  return (
    <Page
      title="Settings"
      of={migration.name}
      answer="They hold for every snapshot of this migration, and for everybody who works on it. Everything is translated anew after a change."
    >
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(seen ?? migration);
        }}
      >
        <Choice
          label="Kong Mesh version"
          name="target"
          value={settings.target}
          options={targetOptions}
          onChange={(target) => set({ target })}
        />
        <Choice
          label="The import is"
          name="complete"
          value={settings.complete}
          options={completeOptions}
          onChange={(complete) => set({ complete })}
        />
        <Choice
          label="Where the defaults of the meshes differ"
          name="defaults"
          value={settings.defaults}
          options={defaultsOptions}
          onChange={(defaults) => set({ defaults })}
        />
        <Choice
          label="Router of Kong Gateway"
          name="router"
          value={settings.router}
          options={routerOptions}
          onChange={(router) => set({ router })}
        />
        <Section title="Names">
          <div className={classes.names}>{nameFields.map(field)}</div>
        </Section>
        {conflict !== undefined && (
          <div role="alert" className={classes.conflict}>
            <p>
              Somebody changed this migration after you had loaded it. Nothing was overwritten; the fields that you did
              not touch show what is stored now.
            </p>
            <dl>
              {names.map((name) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>
                    theirs: {shown(conflict.settings[name])} · yours: {shown(changes[name])}
                  </dd>
                </div>
              ))}
            </dl>
            <div className={classes.buttons}>
              <Button loading={save.isPending} onClick={() => save.mutate(conflict)}>
                Use yours
              </Button>
              <Button variant="default" onClick={discard}>
                Leave theirs
              </Button>
            </div>
          </div>
        )}
        {conflict === undefined && (
          <div className={classes.buttons}>
            <Button type="submit" disabled={names.length === 0 || !isValid} loading={save.isPending}>
              Save
            </Button>
            {names.length > 0 && (
              <Button variant="default" onClick={discard}>
                Discard
              </Button>
            )}
          </div>
        )}
        {before !== undefined && overview.data !== undefined && !save.isPending && !overview.isFetching && (
          <Effect before={before} after={overview.data} />
        )}
      </form>
    </Page>
  );
}
