import type { Search } from '../../ui/search.ts';
import { filterNames } from './filter.ts';

/** What of an address makes a view: filters, order and columns, not where the cursor is. */
export const viewed = (search: Search): Search =>
  Object.fromEntries([...filterNames, 'sort', 'columns', 'group'].sort().map((name) => [name, search[name]]));
