import type { ResourceRow } from '@isthmus/contract';

const nameOf = ({ kind, namespace, name }: ResourceRow): string => `${kind}/${namespace}/${name}`;

/**
 * Resources in addresses, by their index: `Kind/namespace/name`, with the place of one that shares its name with others, as the
 * workbench's addresses have it, so that links outlast imports.
 */
export function addressNames(resources: readonly ResourceRow[]): ReadonlyMap<number, string> {
  const alike = Map.groupBy(resources, nameOf);
  return new Map(
    resources.map((row) => {
      const name = nameOf(row);
      return [row.index, alike.get(name)?.length === 1 ? name : `${name}@${row.file}:${row.line}`];
    }),
  );
}
