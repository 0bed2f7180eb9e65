import { useQuery } from '@tanstack/react-query';
import { Navigate, Outlet, useLocation, useRouterState } from '@tanstack/react-router';
import { lazy, type RefObject, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { useLive } from '../api/live.ts';
import { sessionQuery } from '../api/queries.ts';
import { Failure } from '../ui/failure.tsx';
import { Loading } from '../ui/loading.tsx';
import classes from './frame.module.css';
import { useOpenMigration } from './open-migration.ts';
import { Rail } from './rail.tsx';
import { type Overlay, useShortcuts } from './shortcuts.ts';
import { TopBar } from './top-bar.tsx';
import { TypeAhead } from './type-ahead.tsx';

const Palette = lazy(async () => ({ default: (await import('./palette.tsx')).Palette }));
const Keys = lazy(async () => ({ default: (await import('./keys.tsx')).Keys }));

/**
 * Where the focused element went with its page, the new page takes the focus, so that the keys go on there: the table whose
 * cursor the address names, or the page itself.
 */
function useKeptFocus(main: RefObject<HTMLElement | null>): void {
  const pathname = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    const isFirst = before.current === undefined;
    before.current = pathname;
    if (isFirst || (document.activeElement !== null && document.activeElement !== document.body)) return;
    const table = main.current?.querySelector<HTMLElement>('[role=grid]:has([data-active])');
    (table ?? main.current)?.focus({ preventScroll: true });
  }, [pathname, main]);
}

/** The page, once it is known who speaks. */
function Guarded() {
  const session = useQuery(sessionQuery);
  const { pathname, href } = useLocation();
  // The page that is shown, which is not yet that of the address while a navigation is under way.
  const shown = useRouterState({ select: ({ matches }) => matches.at(-1)?.routeId });
  if (session.isPending) return <Loading />;
  if (session.data === undefined) return <Failure error={session.error} reset={() => void session.refetch()} />;
  if (session.data.tokenRequired && !session.data.signedIn) {
    if (pathname !== '/sign-in') return <Navigate to="/sign-in" search={{ next: href }} replace />;
    if (shown !== '/sign-in') return null;
  }
  return <Outlet />;
}

/** What every page stands in: the top bar, the rail within a migration, and the page. */
export function Frame() {
  const id = useOpenMigration();
  const [overlay, setOverlay] = useState<Overlay>();
  const [isMenuOpen, setMenuOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const close = useCallback(() => {
    setOverlay(undefined);
    setTyped('');
  }, []);
  const showKeys = useCallback(() => setOverlay('keys'), []);
  const closeMenu = useCallback(() => setMenuOpen(false), []);
  useShortcuts(id, setOverlay);
  useLive(id);
  const main = useRef<HTMLElement>(null);
  useKeptFocus(main);
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#main">
        Skip to the page
      </a>
      <TopBar id={id} isMenuOpen={isMenuOpen} onMenu={() => setMenuOpen((isOpen) => !isOpen)} onOverlay={setOverlay} />
      {id !== undefined && <Rail id={id} isOpen={isMenuOpen} onClose={closeMenu} />}
      <main ref={main} id="main" className={classes.main} tabIndex={-1} onPointerDown={closeMenu}>
        <Guarded />
      </main>
      <Suspense fallback={overlay === 'palette' && <TypeAhead onType={setTyped} />}>
        {overlay === 'palette' && <Palette id={id} typed={typed} onKeys={showKeys} onClose={close} />}
        {overlay === 'keys' && <Keys onClose={close} />}
      </Suspense>
    </div>
  );
}
