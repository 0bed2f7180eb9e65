import type { StoredPlan } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { addressOf, call } from '../../api/client.ts';
import { storePlan } from '../../api/live.ts';
import { ProblemError, problemFrom, unreachable } from '../../api/problem.ts';
import { keys, queryClient } from '../../api/queries.ts';
import { count } from '../../text/format.ts';
import { Command } from '../../ui/copy.tsx';
import { tell, tellFailure } from '../../ui/tell.ts';
import { Ago } from '../../ui/time.tsx';
import classes from './page.module.css';

/** A file as it is: the server reads it, and says what it misses. */
async function send(migration: string, file: File): Promise<StoredPlan> {
  let answer: Response;
  try {
    answer = await fetch(addressOf('POST /migrations/:id/plan/observed', { id: migration }), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: file,
    });
  } catch {
    throw new ProblemError(unreachable);
  }
  const text = await answer.text();
  if (!answer.ok) throw new ProblemError(problemFrom(answer.status, text));
  return JSON.parse(text) as StoredPlan;
}

const dump =
  "curl -sG http://prometheus:9090/api/v1/query --data-urlencode 'query=sum by (source_workload, source_workload_namespace, destination_service_name, destination_service_namespace) (increase(istio_requests_total[7d]))' > traffic.json";

/** Traffic that was seen: evidence of calls that no manifest shows. */
export function Observed({ migration, stored }: { migration: string; stored: StoredPlan }) {
  const input = useRef<HTMLInputElement>(null);
  const { observed } = stored;
  const upload = useMutation({
    mutationFn: (file: File) => send(migration, file),
    onSuccess: (next) => {
      storePlan(queryClient, migration, next);
      tell(`${count(next.observed?.calls ?? 0, 'call')} taken as evidence.`);
    },
  });
  const remove = useMutation({
    mutationFn: () => call('DELETE /migrations/:id/plan/observed', { params: { id: migration } }),
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: keys.plan(migration) });
      void queryClient.invalidateQueries({ queryKey: keys.view(migration, 'plan') });
    },
    onError: tellFailure,
  });
  const take = (file: File | undefined): void => {
    if (file !== undefined) upload.mutate(file);
    if (input.current !== null) input.current.value = '';
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files may also be chosen with the button
    <div
      className={classes.observed}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        take(event.dataTransfer.files[0]);
      }}
    >
      <h3 className={classes.subtitle}>Observed traffic</h3>
      {observed === null ? (
        <p className="muted">
          None yet: calls are known from manifests only. Drop a dump of Prometheus (<code>istio_requests_total</code>)
          or the JSON of Kiali’s graph here.
        </p>
      ) : (
        <p>
          {count(observed.calls, 'call')} of {count(observed.samples, 'sample')} by{' '}
          {observed.source === 'kiali' ? 'Kiali' : 'Prometheus'}, given by {observed.by} <Ago at={observed.at} />.
        </p>
      )}
      <div className={classes.buttons}>
        <Button size="compact-md" variant="default" loading={upload.isPending} onClick={() => input.current?.click()}>
          {observed === null ? 'Choose a file …' : 'Replace it …'}
        </Button>
        {observed !== null && (
          <Button size="compact-md" variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>
            Forget it
          </Button>
        )}
        <input
          ref={input}
          type="file"
          hidden
          accept=".json,application/json"
          aria-label="Observed traffic"
          onChange={({ target }) => take(target.files?.[0])}
        />
      </div>
      {upload.error !== null && (
        <p role="alert" className={classes.refused}>
          <strong>Refused.</strong> {upload.error.message}
        </p>
      )}
      <details>
        <summary>How to get such a dump</summary>
        <Command text={dump} />
      </details>
    </div>
  );
}
