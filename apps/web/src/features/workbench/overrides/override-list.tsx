import type { OverrideSubject, ResourceOverride } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { addressOf, call } from '../../../api/client.ts';
import { count } from '../../../text/format.ts';
import { CopyButton } from '../../../ui/copy.tsx';
import { Failure } from '../../../ui/failure.tsx';
import { tell, tellFailure } from '../../../ui/tell.ts';
import { Ago } from '../../../ui/time.tsx';
import { Compare } from './compare.tsx';
import classes from './overrides.module.css';
import { overridesQuery, readAnew } from './queries.ts';
import { keyOf, setUnkept, useAllUnkept } from './unkept.ts';
import { useRemove } from './use-remove.tsx';
import { decisionOf, nameOfSubject, outcomeWords } from './words.ts';

export interface OverrideListProps {
  readonly migration: string;
  /** Shows the resource; undefined where it is not among those that are shown. */
  readonly wayTo: (subject: OverrideSubject) => (() => void) | undefined;
  /** Opens the editor for a resource of one's own. */
  readonly onAdd: () => void;
}

/** All overrides of a migration, as a file and from one. */
export function OverrideList({ migration, wayTo, onAdd }: OverrideListProps) {
  const { data, error, refetch } = useQuery(overridesQuery(migration));
  const [compared, setCompared] = useState<ResourceOverride>();
  const remove = useRemove(migration);
  const unkept = useAllUnkept(migration);
  const input = useRef<HTMLInputElement>(null);
  const bring = useMutation({
    mutationFn: async (file: File) =>
      call('POST /migrations/:id/override-file', { params: { id: migration }, body: { text: await file.text() } }),
    onError: tellFailure,
    onSuccess: async ({ added, same, conflicts }) => {
      await readAnew(migration);
      const left =
        conflicts.length === 0
          ? ''
          : ` Left out because there is another one: ${conflicts.map(nameOfSubject).join(', ')}.`;
      tell(`${count(added, 'override')} taken, ${same} there already.${left}`);
    },
  });
  if (error !== null) return <Failure error={error} reset={() => void refetch()} />;
  if (data === undefined)
    return (
      <p className={classes.listHead} role="status">
        Loading the overrides …
      </p>
    );
  const waiting = data.filter(({ state }) => outcomeWords[state].blocks).length;
  return (
    <>
      <div className={classes.listHead}>
        <span>
          {data.length === 0
            ? 'Everything is as it is translated. Edit a resource on the right, or leave it out, and it is listed here.'
            : `${count(data.length, 'override')}; ${waiting === 0 ? 'all of them are settled' : `${waiting} to be decided`}.`}
        </span>
        <Button size="compact-md" variant="default" onClick={onAdd}>
          Add a resource …
        </Button>
        {data.length > 0 && (
          <Button
            size="compact-md"
            variant="default"
            component="a"
            href={addressOf('GET /migrations/:id/override-file', { id: migration })}
            download
          >
            Save as a file
          </Button>
        )}
        <Button size="compact-md" variant="default" loading={bring.isPending} onClick={() => input.current?.click()}>
          Take from a file …
        </Button>
        <input
          ref={input}
          type="file"
          hidden
          aria-label="A file of overrides"
          accept=".yaml,.yml,.json"
          onChange={({ target }) => {
            const [file] = target.files ?? [];
            if (file !== undefined) bring.mutate(file);
            target.value = '';
          }}
        />
      </div>
      <ul className={classes.list}>
        {unkept.map((edit) => {
          const show = edit.subject === undefined ? onAdd : wayTo(edit.subject);
          return (
            <li key={keyOf(edit.subject)}>
              <div>
                <strong>{edit.subject === undefined ? 'A resource of your own' : nameOfSubject(edit.subject)}</strong>{' '}
                <span className="muted">○ not kept yet</span>
                <br />
                {edit.reason.trim() === '' ? 'Without a reason so far.' : edit.reason}
              </div>
              {show === undefined ? (
                <CopyButton text={edit.text} label="Copy the text" />
              ) : (
                <Button size="compact-md" variant="default" onClick={show}>
                  {edit.subject === undefined ? 'Go on' : 'Show'}
                </Button>
              )}
              <Button size="compact-md" variant="default" onClick={() => setUnkept(migration, edit.subject, undefined)}>
                Discard
              </Button>
            </li>
          );
        })}
        {data.map((override) => {
          const { word, blocks } = outcomeWords[override.state];
          const show = wayTo(override.subject);
          return (
            <li key={override.id}>
              <div>
                <strong>{nameOfSubject(override.subject)}</strong>{' '}
                <span className={blocks ? classes.blocks : 'muted'}>
                  {blocks ? '✕' : '●'} {word}
                </span>
                <br />
                {decisionOf(override)}{' '}
                <span className="muted">
                  · <Ago at={override.at} />
                </span>
              </div>
              {show !== undefined && (
                <Button size="compact-md" variant="default" onClick={show}>
                  Show
                </Button>
              )}
              <Button size="compact-md" variant="default" onClick={() => setCompared(override)}>
                {blocks ? 'Resolve …' : 'Compare'}
              </Button>
              <Button size="compact-md" variant="default" onClick={() => remove.mutate(override)}>
                Remove
              </Button>
            </li>
          );
        })}
      </ul>
      {compared !== undefined && (
        <Compare
          migration={migration}
          override={data.find(({ id }) => id === compared.id) ?? compared}
          onClose={() => setCompared(undefined)}
        />
      )}
    </>
  );
}
