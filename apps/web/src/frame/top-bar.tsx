import { useMantineColorScheme } from '@mantine/core';
import { useIsFetching, useQuery } from '@tanstack/react-query';
import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { call } from '../api/client.ts';
import { keys, migrationQuery, migrationsQuery, sessionQuery } from '../api/queries.ts';
import { isOver, progressOf } from '../features/imports/import-state.ts';
import { forgetImport, useImport } from '../features/imports/imports.ts';
import { TargetSelect } from '../features/settings/target-select.tsx';
import { Menu } from '../ui/menu.tsx';
import { tell } from '../ui/tell.ts';
import { Ago } from '../ui/time.tsx';
import type { Overlay } from './shortcuts.ts';
import classes from './top-bar.module.css';

const mostListed = 15;
const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

function Logo() {
  return (
    <svg className={classes.logo} viewBox="0 0 16 16" aria-hidden="true">
      <path d="M4 8h8" stroke="var(--muted)" strokeWidth="2.5" />
      <circle cx="3.5" cy="8" r="3.5" fill="var(--source)" />
      <circle cx="12.5" cy="8" r="3.5" fill="var(--target)" />
    </svg>
  );
}

/** Which migration is open, its newest snapshot, and the version of the target. */
function MigrationPart({ id }: { id: string }) {
  const { data: migration } = useQuery(migrationQuery(id));
  const { data: all = [] } = useQuery(migrationsQuery);
  const navigate = useNavigate();
  const running = useImport(id);
  const { pathname } = useLocation();
  // Who looks around meanwhile is told; the page of the import goes on to the overview by itself.
  const hasArrived = running?.step === 'done' && !pathname.endsWith('/import');
  useEffect(() => {
    if (!hasArrived) return;
    forgetImport(id);
    tell('The import is done. This page is being read anew.');
  }, [hasArrived, id]);
  const isUpdating = useIsFetching({ queryKey: keys.views(id) }) > 0;
  const done = running === undefined ? undefined : progressOf(running);
  const others = all.filter((other) => other.id !== id && other.archivedAt === null).slice(0, mostListed);
  if (migration === undefined) return null;
  return (
    <>
      <Menu
        label={`${migration.name}: switch the migration`}
        groups={[
          {
            title: 'Other migrations',
            items: others.map((other) => ({
              label: other.name,
              onChoose: () => void navigate({ to: '/migrations/$id', params: { id: other.id } }),
            })),
          },
          {
            items: [
              {
                label: 'Import a new snapshot',
                onChoose: () => void navigate({ to: '/migrations/$id/import', params: { id } }),
              },
              { label: 'Settings', onChoose: () => void navigate({ to: '/migrations/$id/settings', params: { id } }) },
              { label: 'All migrations', onChoose: () => void navigate({ to: '/' }) },
            ],
          },
        ]}
      >
        <span className={classes.name}>{migration.name}</span>
      </Menu>
      <Link to="/migrations/$id/import" params={{ id }} className={classes.snapshot}>
        {running !== undefined && !isOver(running) ? (
          `importing${done === undefined ? ' …' : ` ${Math.round(done * 100)} %`}`
        ) : migration.snapshot === null ? (
          'Nothing imported yet'
        ) : (
          <>
            snapshot {migration.snapshot.number} ·{' '}
            {isUpdating ? 'updating …' : <Ago at={migration.snapshot.createdAt} />}
          </>
        )}
      </Link>
      <TargetSelect migration={migration} />
    </>
  );
}

const schemes = [
  ['auto', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
] as const;

/** Who speaks, the colour scheme, and help. */
function PersonMenu({ onOverlay }: { onOverlay: (overlay: Overlay) => void }) {
  const { data: session } = useQuery(sessionQuery);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { href } = useLocation();
  const navigate = useNavigate();
  const signOut = async (): Promise<void> => {
    await call('DELETE /session');
    // Loaded anew, so that nothing of what was seen stays in memory.
    window.location.assign('/sign-in');
  };
  const name = session === undefined || session.name === '' ? 'anonymous' : session.name;
  return (
    <Menu
      isAtEnd
      label={`${name}: your name, appearance, keys`}
      groups={[
        {
          items: [
            { label: 'Choose your name', onChoose: () => void navigate({ to: '/sign-in', search: { next: href } }) },
          ],
        },
        {
          title: 'Appearance',
          items: schemes.map(([scheme, label]) => ({
            label,
            isChecked: colorScheme === scheme,
            onChoose: () => setColorScheme(scheme),
          })),
        },
        {
          items: [
            { label: 'Keys', hint: '?', onChoose: () => onOverlay('keys') },
            { label: 'Guide', onChoose: () => void navigate({ to: '/guide' }) },
            ...(session?.tokenRequired ? [{ label: 'Sign out', onChoose: () => void signOut() }] : []),
          ],
        },
      ]}
    >
      <span className={classes.person}>{name}</span>
    </Menu>
  );
}

export interface TopBarProps {
  readonly id: string | undefined;
  readonly isMenuOpen: boolean;
  readonly onMenu: () => void;
  readonly onOverlay: (overlay: Overlay) => void;
}

export function TopBar({ id, isMenuOpen, onMenu, onOverlay }: TopBarProps) {
  return (
    <header className={classes.bar}>
      {id !== undefined && (
        <button type="button" className={classes.menu} aria-expanded={isMenuOpen} aria-controls="rail" onClick={onMenu}>
          Menu
        </button>
      )}
      <Link to="/" className={classes.brand} aria-label="Isthmus: all migrations">
        <Logo />
        <span>Isthmus</span>
      </Link>
      {id !== undefined && <MigrationPart id={id} />}
      <div className={classes.space} />
      <button type="button" className={classes.search} onClick={() => onOverlay('palette')}>
        <span>Search</span>
        <kbd className={classes.key}>{isMac ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      <PersonMenu onOverlay={onOverlay} />
    </header>
  );
}
