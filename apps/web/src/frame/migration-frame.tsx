import { Outlet } from '@tanstack/react-router';

/** What all pages of one migration share. */
export function MigrationFrame() {
  return <Outlet />;
}
