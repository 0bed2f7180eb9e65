import { useLocation, useParams } from '@tanstack/react-router';

let last: string | undefined;

/** The migration whose pages one is in. The guide and its codes are part of the migration that was open before. */
export function useOpenMigration(): string | undefined {
  const { id } = useParams({ strict: false });
  const { pathname } = useLocation();
  if (id !== undefined) last = id;
  return id ?? (/^\/(?:guide|codes)\b/.test(pathname) ? last : undefined);
}
