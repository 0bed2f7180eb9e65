import { useSuspenseQuery } from '@tanstack/react-query';
import { Outlet, useParams } from '@tanstack/react-router';
import { migrationQuery } from '../api/queries.ts';

/** What all pages of one migration share: there is such a migration. */
export function MigrationFrame() {
  const { id } = useParams({ from: '/migrations/$id' });
  useSuspenseQuery(migrationQuery(id));
  return <Outlet />;
}
