import type { Migration, ResourceRow, Service } from '@isthmus/contract';
import { useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useId, useMemo, useState } from 'react';
import { addressOf } from '../api/client.ts';
import { codesQuery, migrationQuery, migrationsQuery, resourcesQuery, servicesQuery } from '../api/queries.ts';
import { type Outline, outline } from '../features/guide/content/outline.ts';
import { Dialog } from '../ui/dialog.tsx';
import { type Entry, type Source, serviceText } from '../ui/find.ts';
import { movedCursor, OptionList, optionId } from '../ui/option-list.tsx';
import { hrefOf } from '../ui/row-link.tsx';
import { useFound } from '../ui/use-found.ts';
import { type Control, controlsOf } from './on-this-page.ts';
import classes from './palette.module.css';
import { places } from './places.ts';

type Target = Entry & { readonly go: () => unknown };

const mostShown = 40;

/** Has the browser save what is at an address, under the name that the server gives it. */
function download(address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = '';
  link.click();
}

/** Sources from lists of any length: texts are made once for a list, and what they look like once they are found. */
function useSources(id: string | undefined, onKeys: () => void): readonly Source<Target>[] {
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const { data: migrations } = useQuery(migrationsQuery);
  const { data: migration } = useQuery({ ...migrationQuery(id ?? ''), enabled: id !== undefined });
  const hasSnapshot = id !== undefined && (migration?.snapshot ?? null) !== null;
  const { data: services } = useQuery({ ...servicesQuery(id ?? ''), enabled: hasSnapshot });
  const { data: resources } = useQuery({ ...resourcesQuery(id ?? ''), enabled: hasSnapshot });
  const { data: codes } = useQuery(codesQuery);

  const fixed = useMemo<Source<Target>>(() => {
    const page = (title: string, hint: string, href: string): Target => ({
      group: 'Pages',
      title,
      hint,
      go: () => navigate({ href }),
    });
    const action = (title: string, go: () => unknown): Target => ({ group: 'Actions', title, hint: '', go });
    const to = (title: string, href: string): Target => action(title, () => navigate({ href }));
    const base = id === undefined ? undefined : hrefOf`/migrations/${id}`;
    const file = (title: string, address: string): Target => action(title, () => download(address));
    const report = { verify: true };
    const entries = [
      ...(base === undefined
        ? []
        : [
            ...places.map(({ label, to: path, key }) => page(label, `g ${key}`, path.replace('/migrations/$id', base))),
            page('What the last import changed', '', `${base}/import/changes`),
            page('Plan: graph', '', `${base}/plan?view=graph`),
            page('Plan: calls', '', `${base}/plan?view=calls`),
            page('Overrides', '', `${base}/workbench?list=overrides`),
          ]),
      page('Guide', 'g u', '/guide'),
      page('What becomes of each field', '', '/guide/coverage'),
      page('Marks, words and codes', '', '/guide/codes'),
      page('All migrations', '', '/'),
      ...(id === undefined || base === undefined
        ? [to('Connect a cluster', '/?connect=open')]
        : [
            to('Import a new snapshot', `${base}/import`),
            to('Simulate a request', `${base}/workbench?list=simulator`),
            to('Connect a cluster', `${base}/clusters?connect=open`),
            to('Settings of the plan', `${base}/plan?settings=open`),
            ...(hasSnapshot
              ? [
                  file('Download the bundle', addressOf('GET /migrations/:id/bundle', { id }, { format: 'tar.gz' })),
                  file('Download the report as HTML', addressOf('GET /migrations/:id/report.html', { id }, report)),
                  file('Download the report as Markdown', addressOf('GET /migrations/:id/report.md', { id }, report)),
                  file('Download the report as JSON', addressOf('GET /migrations/:id/report', { id }, report)),
                  file(
                    'Download runbooks and manifests of all waves',
                    addressOf('GET /migrations/:id/plan/bundle', { id }, { format: 'tar.gz' }),
                  ),
                ]
              : []),
          ]),
      action('Keys', onKeys),
      action('Light appearance', () => setColorScheme('light')),
      action('Dark appearance', () => setColorScheme('dark')),
      action('Appearance as the system', () => setColorScheme('auto')),
      to('Choose your name', '/sign-in'),
    ];
    return {
      texts: entries.map(({ title }) => title.toLowerCase()),
      entry: (index) => entries[index] as Target,
      isShownAtFirst: true,
    };
  }, [id, hasSnapshot, navigate, setColorScheme, onKeys]);

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
  const [onPage] = useState<Source<Target>>(() => {
    const controls = controlsOf(document.getElementById('main') ?? document.body);
    return {
      texts: controls.map(({ name }) => name.toLowerCase()),
      isBehind: true,
      entry: (index) => {
        const { name, kind, use } = controls[index] as Control;
        // Once the palette is closed, which gives the focus back.
        return { group: 'On this page', title: name, hint: kind, go: () => requestAnimationFrame(use) };
      },
    };
  });
  return useMemo(() => [fixed, ...listed, ...inSnapshot, onPage], [fixed, listed, inSnapshot, onPage]);
}

export interface PaletteProps {
  readonly id: string | undefined;
  /** What was typed before it was there. */
  readonly typed: string;
  /** Shows the list of keys. */
  readonly onKeys: () => void;
  readonly onClose: () => void;
}

/** Finds services, resources, codes, pages and actions, and whatever can be used on the page that is shown. */
export function Palette({ id, typed, onKeys, onClose }: PaletteProps) {
  const list = useId();
  const sources = useSources(id, onKeys);
  const [query, setQuery] = useState(typed);
  const [cursor, setCursor] = useState(0);
  const found = useFound(sources, query, mostShown);
  const { shown } = found;
  const at = Math.min(cursor, Math.max(shown.length - 1, 0));
  const choose = (target: Target | undefined): void => {
    if (target === undefined) return;
    onClose();
    target.go();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const moved = movedCursor(event.key, at, shown.length);
    if (moved !== undefined) setCursor(moved);
    else if (event.key === 'Enter') choose(found.at(at));
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
        aria-activedescendant={shown.length === 0 ? undefined : optionId(list, at)}
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
      <OptionList id={list} entries={shown} cursor={at} onCursor={setCursor} onChoose={choose} />
      {shown.length === 0 && (
        <p className={classes.none} role="status">
          Nothing is called “{query}”.
        </p>
      )}
    </Dialog>
  );
}
