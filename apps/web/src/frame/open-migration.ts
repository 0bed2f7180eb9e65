import { useLocation, useParams, useSearch } from '@tanstack/react-router';
import type { Search } from '../ui/search.ts';

let last: string | undefined;

/**
 * The migration whose pages one is in. The guide and its codes are part of the migration that their address names, or that
 * was open before.
 */
export function useOpenMigration(): string | undefined {
  const { id } = useParams({ strict: false });
  const { migration } = useSearch({ strict: false }) as Search;
  const { pathname } = useLocation();
  const isGuide = /^\/(?:guide|codes)\b/.test(pathname);
  const open = id ?? (isGuide ? migration : undefined);
  if (open !== undefined) last = open;
  return open ?? (isGuide ? last : undefined);
}
