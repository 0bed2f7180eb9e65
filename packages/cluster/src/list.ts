import { isList, isMap, type JsonObject } from '@isthmus/kubernetes';
import { ClusterError } from './cluster-error.ts';
import { pathOf, type ServedKind } from './kinds.ts';
import { metadataOnly } from './read-only.ts';
import type { Reader } from './reader.ts';

/** A whole kind as it stood at one resourceVersion. */
export interface KindList {
  readonly objects: readonly JsonObject[];
  /** Where a watch goes on. */
  readonly resourceVersion: string;
}

const pageSize = 500;
const mostRestarts = 3;

/** The path of a kind in all namespaces, or of one object's kind in its own. */
export const listPath = ({ group, version, resource, only }: ServedKind): string =>
  `${pathOf(group, version)}/${only === undefined ? '' : `namespaces/${only.namespace}/`}${resource}`;

/** Asks for one object of a kind by its name; the API server takes that for a right to the name. */
export const selectorOf = ({ only }: ServedKind): Readonly<Record<string, string>> =>
  only === undefined ? {} : { fieldSelector: `metadata.name=${only.name}` };

/**
 * Lists a kind page by page. Where the API server forgot the version that the pages belong to (410), the list begins anew.
 * Of Secrets only metadata arrives. Throws a ClusterError.
 * @param shape what to keep of each object, as soon as its page is read
 * @param told how many objects were read so far, and how many there are where the API server says so
 */
export async function listKind(
  reader: Reader,
  kind: ServedKind,
  shape: (object: JsonObject) => JsonObject,
  told: (read: number, total: number | undefined) => void,
  signal?: AbortSignal,
): Promise<KindList> {
  const isSecrets = kind.group === '' && kind.resource === 'secrets';
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  for (let restarts = 0; ; restarts++) {
    try {
      const objects: JsonObject[] = [];
      let next = '';
      let resourceVersion = '';
      do {
        const query = { limit: String(pageSize), ...selectorOf(kind), ...(next === '' ? {} : { continue: next }) };
        const options = isSecrets ? { signal, accept: metadataOnly } : { signal };
        const page = await reader.get(listPath(kind), query, options);
        if (!isMap(page) || !isMap(page.metadata) || !(isList(page.items) || page.items === null))
          throw new ClusterError('server', 'The API server answered with what is no list.');
        // The items of a list do not say what they are.
        for (const item of page.items ?? [])
          if (isMap(item)) objects.push(shape({ ...item, apiVersion, kind: kind.kind }));
        const { continue: more, remainingItemCount: left, resourceVersion: version } = page.metadata;
        next = typeof more === 'string' ? more : '';
        if (resourceVersion === '' && typeof version === 'string') resourceVersion = version;
        told(
          objects.length,
          next === '' ? objects.length : typeof left === 'number' ? objects.length + left : undefined,
        );
      } while (next !== '');
      return { objects, resourceVersion };
    } catch (error) {
      if ((error as ClusterError).failure !== 'gone' || restarts >= mostRestarts) throw error;
    }
  }
}
