import type { Service } from '@isthmus/contract';
import { useMemo } from 'react';
import { Combobox } from '../../ui/combobox.tsx';
import { CopyButton } from '../../ui/copy.tsx';
import { serviceText } from '../../ui/find.ts';
import { Line } from '../../ui/prose.tsx';
import { useAddress, useLooseSearch } from '../../ui/use-search.ts';
import { nameWords, type Task, type TaskCommand, tasks } from './content/tasks.ts';
import classes from './guide.module.css';
import { commandText, isName, type Names, piecesOfCommand } from './names.ts';
import { useCurrent } from './use-current.ts';
import { type Estate, useEstate } from './use-estate.ts';

const groups = [...Map.groupBy(tasks, ({ group }) => group)];

/** Names of the open migration: those of its settings, and of one service of Kubernetes. */
function namesOf(estate: Estate | undefined, service: Service | undefined, pod: string): Names {
  const settings = estate?.migration?.settings;
  return {
    ...(service === undefined ? {} : { service: service.name, namespace: service.namespace }),
    ...(settings === undefined ? {} : { mesh: settings.mesh, zone: settings.zone, system: settings.systemNamespace }),
    ...(pod === '' ? {} : { pod }),
  };
}

function CommandLine({ command, names }: { command: TaskCommand; names: Names }) {
  return (
    <div className={classes.command}>
      <pre>
        {piecesOfCommand(command.text, names).map(({ kind, text }, index) =>
          kind === 'text' ? (
            text
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: a command is drawn anew as a whole
            <var key={index} data-kind={kind} title={kind === 'open' ? 'To be filled in' : undefined}>
              {text}
            </var>
          ),
        )}
      </pre>
      <CopyButton text={commandText(command.text, names)} />
    </div>
  );
}

function Side(props: {
  mesh: 'Istio' | 'Kong Mesh';
  commands: readonly TaskCommand[];
  names: Names;
  target: string | undefined;
}) {
  const { mesh, commands, names, target } = props;
  const shown = commands.filter(({ only }) => target === undefined || (only?.includes(target) ?? true));
  return (
    <div className={classes.side}>
      <p className={mesh === 'Istio' ? classes.source : classes.target}>{mesh}</p>
      {shown.length === 0 && (
        <p className="muted">{commands.length === 0 ? 'No command for it.' : `No command for it in ${target}.`}</p>
      )}
      {shown.map((command) => (
        <div key={command.text}>
          {command.only !== undefined && <p className="muted">Kong Mesh {command.only.join(' and ')} only</p>}
          <CommandLine command={command} names={names} />
        </div>
      ))}
    </div>
  );
}

function TaskView(props: { task: Task; names: Names; target: string | undefined; isCurrent: boolean }) {
  const { task, names, target, isCurrent } = props;
  return (
    <article id={task.id} className={classes.item} data-current={isCurrent || undefined} aria-label={task.title}>
      <h3>{task.title}</h3>
      <div className={classes.sides}>
        <Side mesh="Istio" commands={task.istio} names={names} target={undefined} />
        <Side mesh="Kong Mesh" commands={task.kong} names={names} target={target} />
      </div>
      {task.note !== undefined && (
        <p className={classes.note}>
          <Line text={task.note} />
        </p>
      )}
    </article>
  );
}

/** Tasks in both meshes, with the names of the open migration. */
export function Commands() {
  const estate = useEstate();
  const [search, change] = useAddress();
  const [pod, setPod] = useLooseSearch('pod');
  const settings = estate?.migration?.settings;
  const services = useMemo(
    () => estate?.services?.filter(({ origin }) => origin === 'service') ?? [],
    [estate?.services],
  );
  const sources = useMemo(
    () => [
      {
        texts: services.map(serviceText),
        entry: (index: number) => ({ group: 'Services', title: services[index]?.id ?? '', hint: '' }),
        isShownAtFirst: true,
      },
    ],
    [services],
  );
  const service = services.find(({ id }) => id === search.service) ?? services[0];
  const names = namesOf(estate, service, pod);
  // Commands get longer with names, so that the place of one is known once these are.
  const current = useCurrent(estate === undefined || estate.services !== undefined);
  return (
    <>
      <div className={classes.names}>
        {service !== undefined && (
          <Combobox
            label="Service of the commands"
            placeholder="Service"
            value={service.id}
            sources={sources}
            none="No service is called so."
            onOpen={() => {}}
            onChoose={({ title }) => change({ service: title })}
          />
        )}
        <input
          type="text"
          className={classes.pod}
          aria-label="Pod of the commands"
          placeholder="Pod, if you know one"
          spellCheck={false}
          aria-invalid={pod !== '' && !isName(pod)}
          value={pod}
          onChange={({ target: { value } }) => setPod(value.trim())}
        />
        <p className={classes.named}>
          {settings === undefined
            ? `No migration is open: names such as <${nameWords.namespace}> are to be filled in.`
            : `Mesh ${settings.mesh}, zone ${settings.zone}, system namespace ${settings.systemNamespace}, Kong Mesh ${settings.target}: from the settings of ${estate?.migration?.name}. What stands in <…> is to be filled in.`}
        </p>
      </div>
      {groups.map(([group, members]) => (
        <section key={group} className={classes.group} aria-label={group}>
          <h2>{group}</h2>
          {members.map((task) => (
            <TaskView
              key={task.id}
              task={task}
              names={names}
              target={settings?.target}
              isCurrent={current === task.id}
            />
          ))}
        </section>
      ))}
    </>
  );
}
