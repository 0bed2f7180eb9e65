import type { Migration, ResourceRow, Service } from '@isthmus/contract';
import { useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useDeferredValue, useId, useMemo, useState } from 'react';
import { codesQuery, migrationQuery, migrationsQuery, resourcesQuery, servicesQuery } from '../api/queries.ts';
import { type Outline, outline } from '../features/guide/content/outline.ts';
import { Dialog } from '../ui/dialog.tsx';
import { type Entry, find, type Source, serviceText } from '../ui/find.ts';
import { movedCursor, OptionList, optionId } from '../ui/option-list.tsx';
import { hrefOf } from '../ui/row-link.tsx';
import classes from './palette.module.css';
import { places } from './places.ts';

type Target = Entry & { readonly go: () => unknown };

const mostShown = 40;

/** Sources from lists of any length: texts are made once for a list, and what they look like once they are found. */
function useSources(id: string | undefined): readonly Source<Target>[] {
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const { data: migrations } = useQuery(migrationsQuery);
  const { data: migration } = useQuery({ ...migrationQuery(id ?? ''), enabled: id !== undefined });
  const hasSnapshot = id !== undefined && (migration?.snapshot ?? null) !== null;
  const { data: services } = useQuery({ ...servicesQuery(id ?? ''), enabled: hasSnapshot });
  const { data: resources } = useQuery({ ...resourcesQuery(id ?? ''), enabled: hasSnapshot });
  const { data: codes } = useQuery(codesQuery);

  const fixed = useMemo<Source<Target>>(() => {
    const to = (path: (typeof places)[number]['to'] | '/migrations/$id/import' | '/migrations/$id/simulator') => () =>
      id !== undefined && navigate({ to: path, params: { id } });
    const page = (title: string, hint: string, go: () => unknown): Target => ({ group: 'Pages', title, hint, go });
    const action = (title: string, go: () => unknown): Target => ({ group: 'Actions', title, hint: '', go });
    const entries = [
      ...(id === undefined ? [] : places.map((place) => page(place.label, `g ${place.key}`, to(place.to)))),
      page('Guide', 'g u', () => navigate({ to: '/guide' })),
      page('What becomes of each field', '', () => navigate({ to: '/guide/coverage' })),
      page('Marks, words and codes', '', () => navigate({ to: '/guide/codes' })),
      page('All migrations', '', () => navigate({ to: '/' })),
      ...(id === undefined
        ? []
        : [
            action('Import a new snapshot', to('/migrations/$id/import')),
            action('Simulate a request', to('/migrations/$id/simulator')),
          ]),
      action('Light appearance', () => setColorScheme('light')),
      action('Dark appearance', () => setColorScheme('dark')),
      action('Appearance as the system', () => setColorScheme('auto')),
      action('Choose your name', () => navigate({ to: '/sign-in' })),
    ];
    return {
      texts: entries.map(({ title }) => title.toLowerCase()),
      entry: (index) => entries[index] as Target,
      isShownAtFirst: true,
    };
  }, [id, navigate, setColorScheme]);

  const listed = useMemo<readonly Source<Target>[]>(() => {
    const push = (href: string) => () => navigate({ href });
    const others = (migrations ?? []).filter((other) => other.id !== id && other.archivedAt === null);
    return [
      {
        texts: outline.map(({ title, chapter }) => `${title} ${chapter}`.toLowerCase()),
        entry: (index) => {
          const { id: section, title, chapter } = outline[index] as Outline;
          return { group: 'Guide', title, hint: chapter, go: push(hrefOf`/guide/${section}`) };
        },
      },
      {
        texts: (codes ?? []).map(({ code, title }) => `${code} ${title}`.toLowerCase()),
        entry: (index) => {
          const { code, title } = (codes ?? [])[index] as { code: string; title: string };
          return { group: 'Codes', title: code, hint: title, go: push(hrefOf`/codes/${code}`) };
        },
      },
      {
        texts: others.map(({ name }) => name.toLowerCase()),
        entry: (index) => {
          const other = others[index] as Migration;
          return { group: 'Migrations', title: other.name, hint: '', go: push(hrefOf`/migrations/${other.id}`) };
        },
      },
    ];
  }, [id, navigate, migrations, codes]);

  const inSnapshot = useMemo<readonly Source<Target>[]>(
    () =>
      id === undefined
        ? []
        : [
            {
              texts: (services ?? []).map(serviceText),
              entry: (index) => {
                const { id: service, namespace, name, phase } = (services ?? [])[index] as Service;
                const go = () => navigate({ href: hrefOf`/migrations/${id}/services/${namespace}/${name}` });
                return { group: 'Services', title: service, hint: phase, go };
              },
            },
            {
              texts: (resources ?? []).map(({ kind, namespace, name, file }) =>
                `${name} ${kind} ${namespace}/${name} ${file}`.toLowerCase(),
              ),
              entry: (index) => {
                const row = (resources ?? [])[index] as ResourceRow;
                return {
                  group: 'Resources',
                  title: `${row.kind} ${row.namespace === '' ? '' : `${row.namespace}/`}${row.name}`,
                  hint: `${row.file}:${row.line}`,
                  go: () => navigate({ href: hrefOf`/migrations/${id}/workbench?resource=${row.index}` }),
                };
              },
            },
          ],
    [id, navigate, services, resources],
  );
  return useMemo(() => [fixed, ...listed, ...inSnapshot], [fixed, listed, inSnapshot]);
}

/** Finds services, resources, codes, pages and actions. */
export function Palette({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  const list = useId();
  const sources = useSources(id);
  const [query, setQuery] = useState('');
  const asked = useDeferredValue(query);
  const [cursor, setCursor] = useState(0);
  const found = useMemo(() => find(sources, asked, mostShown), [sources, asked]);
  const at = Math.min(cursor, found.length - 1);
  const choose = (target: Target | undefined): void => {
    if (target === undefined) return;
    onClose();
    target.go();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const moved = movedCursor(event.key, at, found.length);
    if (moved !== undefined) setCursor(moved);
    else if (event.key === 'Enter') choose(found[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Search" width={640} isBare onClose={onClose}>
      <input
        data-autofocus
        className={classes.input}
        type="text"
        role="combobox"
        aria-label="Search services, resources, codes, pages and actions"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={found.length === 0 ? undefined : optionId(list, at)}
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
      <OptionList id={list} entries={found} cursor={at} onCursor={setCursor} onChoose={choose} />
      {found.length === 0 && (
        <p className={classes.none} role="status">
          Nothing is called “{query}”.
        </p>
      )}
    </Dialog>
  );
}
