/** The pages of a migration, in the order of the rail; `g` and the letter leads there. */
export const places = [
  { label: 'Overview', to: '/migrations/$id', key: 'o' },
  { label: 'Services', to: '/migrations/$id/services', key: 's' },
  { label: 'Resources', to: '/migrations/$id/resources', key: 'r' },
  { label: 'Findings', to: '/migrations/$id/findings', key: 'f' },
  { label: 'Workbench', to: '/migrations/$id/workbench', key: 'w' },
  { label: 'Behaviour', to: '/migrations/$id/behaviour', key: 'v' },
  { label: 'Access', to: '/migrations/$id/access', key: 'a' },
  { label: 'Pre-flight', to: '/migrations/$id/preflight', key: 'p' },
  { label: 'Plan', to: '/migrations/$id/plan', key: 'l' },
  { label: 'Bridge', to: '/migrations/$id/bridge', key: 'b' },
  { label: 'Inventory', to: '/migrations/$id/inventory', key: 'i' },
  { label: 'Clusters', to: '/migrations/$id/clusters', key: 'c' },
  { label: 'Drift', to: '/migrations/$id/drift', key: 'd' },
  { label: 'Export', to: '/migrations/$id/export', key: 'e' },
  { label: 'History', to: '/migrations/$id/history', key: 'h' },
  { label: 'Settings', to: '/migrations/$id/settings', key: ',' },
] as const;
