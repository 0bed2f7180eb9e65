import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { Frame } from './frame/frame.tsx';
import { MigrationFrame } from './frame/migration-frame.tsx';
import { NotFound } from './frame/not-found.tsx';
import { PageError } from './frame/page-error.tsx';
import { Loading } from './ui/loading.tsx';
import { parseSearch, type Search, stringifySearch } from './ui/search.ts';

// What stands in an address is text, so that links can be read and written by people; pages give it meaning.
const validateSearch = (search: Search): Search => search;

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound, validateSearch });

const start = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(() => import('./features/start/page.tsx'), 'StartPage'),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./features/session/page.tsx'), 'SignInPage'),
});

const guide = createRoute({
  getParentRoute: () => root,
  path: '/guide',
  component: lazyRouteComponent(() => import('./features/guide/page.tsx'), 'GuidePage'),
});

const coverage = createRoute({
  getParentRoute: () => root,
  path: '/guide/coverage',
  component: lazyRouteComponent(() => import('./features/guide/coverage-page.tsx'), 'CoveragePage'),
});

const codes = createRoute({
  getParentRoute: () => root,
  path: '/guide/codes',
  component: lazyRouteComponent(() => import('./features/guide/codes-page.tsx'), 'CodesPage'),
});

const section = createRoute({
  getParentRoute: () => root,
  path: '/guide/$section',
  component: lazyRouteComponent(() => import('./features/guide/section-page.tsx'), 'SectionPage'),
});

const code = createRoute({
  getParentRoute: () => root,
  path: '/codes/$code',
  component: lazyRouteComponent(() => import('./features/guide/code-page.tsx'), 'CodePage'),
});

const migration = createRoute({
  getParentRoute: () => root,
  path: '/migrations/$id',
  component: MigrationFrame,
});

const overview = createRoute({
  getParentRoute: () => migration,
  path: '/',
  component: lazyRouteComponent(() => import('./features/overview/page.tsx'), 'OverviewPage'),
});

const services = createRoute({
  getParentRoute: () => migration,
  path: '/services',
  component: lazyRouteComponent(() => import('./features/services/page.tsx'), 'ServicesPage'),
});

const service = createRoute({
  getParentRoute: () => migration,
  path: '/services/$namespace/$name',
  component: lazyRouteComponent(() => import('./features/services/service-page.tsx'), 'ServicePage'),
});

const resources = createRoute({
  getParentRoute: () => migration,
  path: '/resources',
  component: lazyRouteComponent(() => import('./features/resources/page.tsx'), 'ResourcesPage'),
});

const findings = createRoute({
  getParentRoute: () => migration,
  path: '/findings',
  component: lazyRouteComponent(() => import('./features/findings/page.tsx'), 'FindingsPage'),
});

const inventory = createRoute({
  getParentRoute: () => migration,
  path: '/inventory',
  component: lazyRouteComponent(() => import('./features/inventory/page.tsx'), 'InventoryPage'),
});

const clusters = createRoute({
  getParentRoute: () => migration,
  path: '/clusters',
  component: lazyRouteComponent(() => import('./features/clusters/page.tsx'), 'ClustersPage'),
});

const drift = createRoute({
  getParentRoute: () => migration,
  path: '/drift',
  component: lazyRouteComponent(() => import('./features/clusters/drift-page.tsx'), 'DriftPage'),
});

const workbench = createRoute({
  getParentRoute: () => migration,
  path: '/workbench',
  component: lazyRouteComponent(() => import('./features/workbench/page.tsx'), 'WorkbenchPage'),
});

const behaviour = createRoute({
  getParentRoute: () => migration,
  path: '/behaviour',
  component: lazyRouteComponent(() => import('./features/behaviour/page.tsx'), 'BehaviourPage'),
});

const access = createRoute({
  getParentRoute: () => migration,
  path: '/access',
  component: lazyRouteComponent(() => import('./features/access/page.tsx'), 'AccessPage'),
});

const simulator = createRoute({
  getParentRoute: () => migration,
  path: '/simulator',
  // It is a panel of the workbench; its own address stays one that can be written by hand.
  beforeLoad: ({ params, search }) => {
    throw redirect({
      to: '/migrations/$id/workbench',
      params,
      search: { ...search, list: 'simulator' },
      replace: true,
    });
  },
});

const imports = createRoute({
  getParentRoute: () => migration,
  path: '/import',
  component: lazyRouteComponent(() => import('./features/imports/page.tsx'), 'ImportPage'),
});

const changes = createRoute({
  getParentRoute: () => migration,
  path: '/import/changes',
  component: lazyRouteComponent(() => import('./features/imports/changes-page.tsx'), 'ChangesPage'),
});

const preflight = createRoute({
  getParentRoute: () => migration,
  path: '/preflight',
  component: lazyRouteComponent(() => import('./features/preflight/page.tsx'), 'PreflightPage'),
});

const plan = createRoute({
  getParentRoute: () => migration,
  path: '/plan',
  component: lazyRouteComponent(() => import('./features/plan/page.tsx'), 'PlanPage'),
});

const fanOut = createRoute({
  getParentRoute: () => migration,
  path: '/fan-out',
  component: lazyRouteComponent(() => import('./features/fan-out/page.tsx'), 'FanOutPage'),
});

const bridge = createRoute({
  getParentRoute: () => migration,
  path: '/bridge',
  component: lazyRouteComponent(() => import('./features/bridge/page.tsx'), 'BridgePage'),
});

const exporting = createRoute({
  getParentRoute: () => migration,
  path: '/export',
  component: lazyRouteComponent(() => import('./features/export/page.tsx'), 'ExportPage'),
});

const history = createRoute({
  getParentRoute: () => migration,
  path: '/history',
  component: lazyRouteComponent(() => import('./features/history/page.tsx'), 'HistoryPage'),
});

const settings = createRoute({
  getParentRoute: () => migration,
  path: '/settings',
  component: lazyRouteComponent(() => import('./features/settings/page.tsx'), 'SettingsPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    start,
    signIn,
    guide,
    coverage,
    codes,
    section,
    code,
    migration.addChildren([
      overview,
      services,
      service,
      resources,
      findings,
      inventory,
      clusters,
      drift,
      workbench,
      behaviour,
      access,
      simulator,
      imports,
      changes,
      preflight,
      plan,
      fanOut,
      bridge,
      exporting,
      history,
      settings,
    ]),
  ]),
  defaultPreload: 'intent',
  // Pages keep their own data in the query cache.
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
  scrollToTopSelectors: ['#main'],
  parseSearch,
  stringifySearch,
  defaultPendingComponent: Loading,
  defaultErrorComponent: PageError,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
