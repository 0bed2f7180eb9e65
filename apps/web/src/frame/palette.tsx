import { Modal, useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useDeferredValue, useId, useMemo, useState } from 'react';
import { codesQuery, migrationQuery, migrationsQuery, resourcesQuery, servicesQuery } from '../api/queries.ts';
import classes from './palette.module.css';
import { type Entry, find, serviceText } from './palette-search.ts';
import { places } from './places.ts';

type Target = Entry & { readonly go: () => unknown };

const mostShown = 40;

function useEntries(id: string | undefined): Target[] {
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const { data: migrations } = useQuery(migrationsQuery);
  const { data: migration } = useQuery({ ...migrationQuery(id ?? ''), enabled: id !== undefined });
  const hasSnapshot = id !== undefined && (migration?.snapshot ?? null) !== null;
  const { data: services } = useQuery({ ...servicesQuery(id ?? ''), enabled: hasSnapshot });
  const { data: resources } = useQuery({ ...resourcesQuery(id ?? ''), enabled: hasSnapshot });
  const { data: codes } = useQuery(codesQuery);
  return useMemo(() => {
    const entry = (group: Entry['group'], title: string, hint: string, go: () => unknown, text = title): Target => ({
      id: `${group} ${title} ${hint}`,
      group,
      title,
      hint,
      text: text.toLowerCase(),
      go,
    });
    return [
      ...(id === undefined
        ? []
        : places.map(({ label, to, key }) =>
            entry('Pages', label, `g ${key}`, () => navigate({ to, params: { id } })),
          )),
      entry('Pages', 'Guide', 'g u', () => navigate({ to: '/guide' })),
      entry('Pages', 'All migrations', '', () => navigate({ to: '/' }), 'all migrations start new migration'),
      ...(id === undefined
        ? []
        : [
            entry('Actions', 'Import a new snapshot', '', () =>
              navigate({ to: '/migrations/$id/import', params: { id } }),
            ),
            entry('Actions', 'Export the bundle', '', () => navigate({ to: '/migrations/$id/export', params: { id } })),
          ]),
      entry('Actions', 'Light appearance', '', () => setColorScheme('light')),
      entry('Actions', 'Dark appearance', '', () => setColorScheme('dark')),
      entry('Actions', 'Appearance as the system', '', () => setColorScheme('auto')),
      entry('Actions', 'Choose your name', '', () => navigate({ to: '/sign-in' })),
      ...(services ?? []).map((service) =>
        entry(
          'Services',
          service.id,
          service.phase,
          () =>
            navigate({
              to: '/migrations/$id/services/$namespace/$name',
              params: { id: id as string, namespace: service.namespace, name: service.name },
            }),
          serviceText(service),
        ),
      ),
      ...(resources ?? []).map(({ index, kind, namespace, name, file, line }) =>
        entry(
          'Resources',
          `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`,
          `${file}:${line}`,
          () =>
            navigate({
              to: '/migrations/$id/workbench',
              params: { id: id as string },
              search: { resource: String(index) } as never,
            }),
          `${name} ${kind} ${namespace}/${name} ${file}`,
        ),
      ),
      ...(codes ?? []).map(({ code, title }) =>
        entry('Codes', code, title, () => navigate({ to: '/codes/$code', params: { code } }), `${code} ${title}`),
      ),
      ...(migrations ?? [])
        .filter((other) => other.id !== id && other.archivedAt === null)
        .map((other) =>
          entry('Migrations', other.name, '', () => navigate({ to: '/migrations/$id', params: { id: other.id } })),
        ),
    ];
  }, [id, navigate, setColorScheme, services, resources, codes, migrations]);
}

/** Finds services, resources, codes, pages and actions. */
export function Palette({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  const base = useId();
  const entries = useEntries(id);
  const [query, setQuery] = useState('');
  const asked = useDeferredValue(query);
  const [cursor, setCursor] = useState(0);
  const found = useMemo(() => find(entries, asked, mostShown), [entries, asked]);
  const at = Math.min(cursor, found.length - 1);
  const choose = (target: Target | undefined): void => {
    if (target === undefined) return;
    onClose();
    target.go();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setCursor(Math.min(at + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setCursor(Math.max(at - 1, 0));
    else if (event.key === 'Enter') choose(found[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      size={640}
      padding={0}
      yOffset="10vh"
      aria-label="Search"
      transitionProps={{ duration: 120 }}
    >
      <input
        data-autofocus
        className={classes.input}
        type="text"
        role="combobox"
        aria-label="Search services, resources, codes, pages and actions"
        aria-expanded="true"
        aria-controls={`${base}-list`}
        aria-activedescendant={found.length === 0 ? undefined : `${base}-${at}`}
        autoComplete="off"
        spellCheck={false}
        placeholder="Service, resource, code, page or action"
        value={query}
        onChange={({ target }) => {
          setQuery(target.value);
          setCursor(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={`${base}-list`} role="listbox" aria-label="Found" className={classes.list}>
        {found.map((target, number) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the input has the focus and names the option
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input takes the keys
          <div
            key={target.id}
            id={`${base}-${number}`}
            role="option"
            aria-selected={number === at}
            className={classes.option}
            ref={(element) => {
              if (number === at) element?.scrollIntoView({ block: 'nearest' });
            }}
            onClick={() => choose(target)}
            onMouseMove={() => setCursor(number)}
          >
            <span className={classes.group}>{target.group}</span>
            <span className={classes.title}>{target.title}</span>
            <span className={classes.hint}>{target.hint}</span>
          </div>
        ))}
      </div>
      {found.length === 0 && (
        <p className={classes.none} role="status">
          Nothing is called “{query}”.
        </p>
      )}
    </Modal>
  );
}
