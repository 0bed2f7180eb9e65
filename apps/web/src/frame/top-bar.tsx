import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { useIsFetching, useQuery } from '@tanstack/react-query';
import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { call } from '../api/client.ts';
import { keys, migrationQuery, migrationsQuery, sessionQuery } from '../api/queries.ts';
import { isOver, progressOf } from '../features/imports/import-state.ts';
import { forgetImport, useImport } from '../features/imports/imports.ts';
import { TargetSelect } from '../features/settings/target-select.tsx';
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
      <Menu position="bottom-start" width={280}>
        <Menu.Target>
          <UnstyledButton className={classes.switch} aria-label={`Migration ${migration.name}: switch`}>
            <span className={classes.name}>{migration.name}</span>
            <span aria-hidden="true">▾</span>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          {others.map((other) => (
            <Menu.Item
              key={other.id}
              onClick={() => void navigate({ to: '/migrations/$id', params: { id: other.id } })}
            >
              {other.name}
            </Menu.Item>
          ))}
          {others.length > 0 && <Menu.Divider />}
          <Menu.Item onClick={() => void navigate({ to: '/migrations/$id/import', params: { id } })}>
            Import a new snapshot
          </Menu.Item>
          <Menu.Item onClick={() => void navigate({ to: '/migrations/$id/settings', params: { id } })}>
            Settings
          </Menu.Item>
          <Menu.Item onClick={() => void navigate({ to: '/' })}>All migrations</Menu.Item>
        </Menu.Dropdown>
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
  const navigate = useNavigate();
  const signOut = async (): Promise<void> => {
    await call('DELETE /session');
    // Loaded anew, so that nothing of what was seen stays in memory.
    window.location.assign('/sign-in');
  };
  const name = session === undefined || session.name === '' ? 'anonymous' : session.name;
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <UnstyledButton className={classes.switch} aria-label={`You are ${name}: name, appearance, keys`}>
          <span className={classes.person}>{name}</span>
          <span aria-hidden="true">▾</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void navigate({ to: '/sign-in' })}>Choose your name</Menu.Item>
        <Menu.Divider />
        <Menu.Label>Appearance</Menu.Label>
        {schemes.map(([scheme, label]) => (
          <Menu.Item
            key={scheme}
            role="menuitemradio"
            aria-checked={colorScheme === scheme}
            rightSection={<span aria-hidden="true">{colorScheme === scheme ? '✓' : ''}</span>}
            onClick={() => setColorScheme(scheme)}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item rightSection={<kbd>?</kbd>} onClick={() => onOverlay('keys')}>
          Keys
        </Menu.Item>
        <Menu.Item onClick={() => void navigate({ to: '/guide' })}>Guide</Menu.Item>
        {session?.tokenRequired && <Menu.Item onClick={() => void signOut()}>Sign out</Menu.Item>}
        {session !== undefined && <Menu.Label>Isthmus {session.version}</Menu.Label>}
      </Menu.Dropdown>
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
        <UnstyledButton className={classes.menu} aria-expanded={isMenuOpen} aria-controls="rail" onClick={onMenu}>
          Menu
        </UnstyledButton>
      )}
      <Link to="/" className={classes.brand} aria-label="Isthmus: all migrations">
        <Logo />
        <span>Isthmus</span>
      </Link>
      {id !== undefined && <MigrationPart id={id} />}
      <div className={classes.space} />
      <UnstyledButton className={classes.search} onClick={() => onOverlay('palette')}>
        <span>Search</span>
        <kbd className={classes.key}>{isMac ? '⌘K' : 'Ctrl K'}</kbd>
      </UnstyledButton>
      <PersonMenu onOverlay={onOverlay} />
    </header>
  );
}
