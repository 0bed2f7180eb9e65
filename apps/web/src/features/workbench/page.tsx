import type { Workbench } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { lazy, useEffect, useState } from 'react';
import { isProblem } from '../../api/problem.ts';
import { migrationQuery, type WorkbenchSubject, workbenchQuery } from '../../api/queries.ts';
import { loadMonaco, type Monaco } from '../../editor/load.ts';
import { PageError } from '../../frame/page-error.tsx';
import { count, whole } from '../../text/format.ts';
import { Page } from '../../ui/page.tsx';
import { fieldsOf } from '../../ui/status.tsx';
import { useAddress } from '../../ui/use-search.ts';
import { readSubject } from './address.ts';
import classes from './bench.module.css';
import { Bench } from './bench.tsx';
import { Picker } from './picker.tsx';

// Where nothing is chosen yet, with the table that only it has.
const Choice = lazy(async () => ({ default: (await import('./choice.tsx')).Choice }));

/** Before and after of a service, a resource or a namespace. */
export function WorkbenchPage() {
  const id = useParams({ strict: false }).id ?? '';
  const [search] = useAddress();
  const subject = readSubject(search);
  return subject === undefined ? (
    <Choice id={id} />
  ) : (
    <Subject key={`${subject.service} ${subject.resource} ${subject.namespace}`} id={id} subject={subject} />
  );
}

/** The sentence that answers what becomes of the subject. */
function answerOf({ before, after, fields, findings, omitted, outcomes }: Workbench): string {
  if (before.length === 0) return 'No Istio resource concerns it.';
  const lost = fields.filter(({ outcome }) => outcome === 'unsupported' || outcome === 'untranslated').length;
  const blockers = findings.filter(({ diagnostic }) => diagnostic.severity === 'blocker').length;
  const emitted = (['resource', 'patch', 'draft'] as const).flatMap((role) => {
    const number = after.filter((one) => one.role === role).length;
    return number === 0
      ? []
      : [count(number, role === 'resource' ? 'Kong resource' : role, role === 'patch' ? 'patches' : undefined)];
  });
  return [
    `${count(fieldsOf(outcomes), 'field')} in ${count(before.length, 'resource')} ${fieldsOf(outcomes) === 1 ? 'becomes' : 'become'} ${emitted.length === 0 ? 'nothing' : emitted.join(', ')}`,
    lost === 0 ? 'none of them is left out' : `${count(lost, 'field')} ${lost === 1 ? 'does' : 'do'} not carry over`,
    ...(blockers === 0 ? [] : [`${count(blockers, 'finding')} ${blockers === 1 ? 'blocks' : 'block'}`]),
    ...(omitted === 0
      ? []
      : [`${whole(omitted)} more documents are left out; choose a service or a resource to see them`]),
  ]
    .join('; ')
    .concat('.');
}

const kinds = { service: 'Service', resource: 'Resource', namespace: 'Namespace' } as const;

function Subject({ id, subject }: { id: string; subject: WorkbenchSubject }) {
  const { data: migration } = useSuspenseQuery(migrationQuery(id));
  const view = useQuery(workbenchQuery(id, subject));
  const isNamed = useNamed(id, subject, view.data);
  const monaco = useMonaco();
  const [kind] = (['service', 'resource', 'namespace'] as const).filter((one) => subject[one] !== undefined);
  const asked = subject.service ?? subject.namespace ?? `Resource ${subject.resource}`;
  const title = view.data?.title ?? asked;
  if (isProblem(view.error, 'not-found'))
    return (
      <Page
        title={asked}
        of="Workbench"
        answer={`The newest snapshot has no ${kind} of this name. It may have been in an earlier one, or the link may be wrong.`}
        actions={<Picker id={id} subject={undefined} title="" />}
      />
    );
  if (view.error !== null || monaco.error !== undefined) {
    return (
      <PageError
        error={view.error ?? monaco.error}
        reset={() => {
          void view.refetch();
          monaco.retry();
        }}
      />
    );
  }
  const { data } = view;
  return (
    <Page
      isFilling
      title={title}
      of={kind === undefined ? 'Workbench' : `${kinds[kind]} · Workbench`}
      answer={data === undefined ? `Loading before and after of ${asked} …` : answerOf(data)}
      actions={<Picker id={id} subject={subject} title={title} />}
    >
      {data === undefined || !isNamed || monaco.value === undefined ? (
        <BenchShape />
      ) : (
        <Bench
          migration={id}
          workbench={data}
          monaco={monaco.value}
          target={migration.settings.target}
          {...(data.before.length + data.findings.length + data.after.length === 0 && {
            nothing: <NoResources id={id} service={subject.service} />,
          })}
        />
      )}
    </Page>
  );
}

/** Whether the address names its subject: a mere index, as links have it, would mean another resource after the next import. */
function useNamed(id: string, subject: WorkbenchSubject, data: Workbench | undefined): boolean {
  const client = useQueryClient();
  const [, change] = useAddress();
  const name = data?.resource;
  const isNamed = name === undefined || name === subject.resource;
  useEffect(() => {
    if (isNamed) return;
    client.setQueryData(workbenchQuery(id, { resource: name }).queryKey, data);
    change({ resource: name });
  }, [isNamed, name, data, id, client, change]);
  return isNamed;
}

function NoResources({ id, service }: { id: string; service: string | undefined }) {
  return (
    <div className={classes.empty}>
      <p>
        {service === undefined
          ? 'The namespace has services, and no Istio resource stands in it.'
          : 'No VirtualService, DestinationRule or policy in the snapshot speaks of this service. It lives on what Istio does without settings, and on what holds for its whole namespace or mesh.'}
      </p>
      <p>
        Nothing has to be translated for it. Settings of the mesh itself are in the root namespace; look there for what
        holds everywhere.
      </p>
      <Button
        variant="default"
        renderRoot={(props) => <Link {...props} to="/migrations/$id/workbench" params={{ id }} search={{} as never} />}
      >
        Choose something else
      </Button>
    </div>
  );
}

/** The shape of what comes. */
function BenchShape() {
  return (
    <div className={classes.shape} role="status">
      <span className="unseen">Loading the editor and the documents …</span>
      <div />
      <div />
    </div>
  );
}

function useMonaco(): { value: Monaco | undefined; error: unknown; retry: () => void } {
  const [state, setState] = useState<{ value?: Monaco; error?: unknown }>({});
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt loads anew
  useEffect(() => {
    let isWanted = true;
    loadMonaco().then(
      (value) => isWanted && setState({ value }),
      (error: unknown) => isWanted && setState({ error }),
    );
    return () => {
      isWanted = false;
    };
  }, [attempt]);
  return {
    value: state.value,
    error: state.error,
    retry: () => {
      setState({});
      setAttempt((count) => count + 1);
    },
  };
}
