import type { Check, Migration, Service } from '@isthmus/contract';
import { useQuery } from '@tanstack/react-query';
import { migrationQuery, servicesQuery } from '../../api/queries.ts';
import { useOpenMigration } from '../../frame/open-migration.ts';
import { checkResultsQuery } from '../preflight/queries.ts';
import { codeCountsQuery } from './queries.ts';

/** What the guide says of the open migration; fields are absent until they are known. */
export interface Estate {
  readonly id: string;
  readonly migration: Migration | undefined;
  readonly services: readonly Service[] | undefined;
  readonly checks: readonly Check[] | undefined;
  /** How often each code was found. */
  readonly codes: ReadonlyMap<string, number> | undefined;
}

/** The open migration; undefined where none is. Nothing waits for it: the guide is there without one. */
export function useEstate(): Estate | undefined {
  const open = useOpenMigration();
  const id = open ?? '';
  const isOpen = open !== undefined;
  const { data: migration } = useQuery({ ...migrationQuery(id), enabled: isOpen });
  const hasSnapshot = isOpen && (migration?.snapshot ?? null) !== null;
  const { data: services } = useQuery({ ...servicesQuery(id), enabled: hasSnapshot });
  const { data: checks } = useQuery({ ...checkResultsQuery(id), enabled: hasSnapshot });
  const { data: codes } = useQuery({ ...codeCountsQuery(id), enabled: hasSnapshot });
  return isOpen ? { id, migration, services, checks: checks?.checks, codes } : undefined;
}
