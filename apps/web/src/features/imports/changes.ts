import type {
  ChangedResource,
  ChangedVerdict,
  ChangedVerdicts,
  Changes,
  ChangesQuery,
  Decision,
  ImportJob,
} from '@isthmus/contract';
import { queryOptions } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import { keys, queryClient } from '../../api/queries.ts';
import { count, whole } from '../../text/format.ts';
import type { Search } from '../../ui/search.ts';
import { setOf } from '../../ui/use-search.ts';

/** What can be looked at, in the order of the page. */
export const sides = ['sources', 'results', 'verdicts', 'decisions'] as const;
export type Side = (typeof sides)[number];

export const sideWords: Readonly<Record<Side, string>> = {
  sources: 'Source',
  results: 'Result',
  verdicts: 'Verdicts',
  decisions: 'Decisions',
};

export const changeWords = ['added', 'changed', 'removed'] as const;

/** In the address instead of a snapshot's number: the clusters, as they were read to be compared. */
export const live = 'live';

export const isOverJob = ({ state }: ImportJob): boolean =>
  state === 'done' || state === 'failed' || state === 'cancelled';

/** How far the reading of clusters is that are to be compared. */
export const comparisonQuery = (id: string, job: string) =>
  queryOptions({
    queryKey: ['comparison', id, job],
    queryFn: ({ signal }) => call('GET /imports/:id', { params: { id: job } }, signal),
    refetchInterval: ({ state }) => (state.data !== undefined && isOverJob(state.data) ? false : 500),
    retry: false,
  });

/** Names in the address that narrow the lists. */
export const filterNames = ['q', 'change', 'kind'] as const;

const queryOf = ({ from, to }: Search): ChangesQuery => ({
  ...(from === undefined ? {} : { from: Number(from) }),
  ...(to === undefined ? {} : { to: to === live ? live : Number(to) }),
});

export const changesQuery = (id: string, search: Search) =>
  queryOptions({
    queryKey: keys.view(id, 'changes', search.from, search.to, search.to === live ? search.job : undefined),
    queryFn: ({ signal }) => call('GET /migrations/:id/changes', { params: { id }, query: queryOf(search) }, signal),
    structuralSharing: false,
    retry: false,
  });

/** Verdicts on both snapshots, which the server compares bit by bit. */
export const changedVerdictsQuery = (id: string, search: Search) => {
  const queryKey = keys.view(
    id,
    'changed-verdicts',
    search.from,
    search.to,
    search.to === live ? search.job : undefined,
  );
  return queryOptions({
    queryKey,
    queryFn: async ({ signal }): Promise<ChangedVerdicts> => {
      for (;;) {
        const soFar = await call(
          'GET /migrations/:id/changes/verdicts',
          { params: { id }, query: queryOf(search) },
          signal,
        );
        if (soFar.complete) return soFar;
        queryClient.setQueryData(queryKey, soFar);
      }
    },
    structuralSharing: false,
    retry: false,
  });
};

const verb = (number: number, one: string, many: string): string => (number === 1 ? one : many);

const total = ({ added, changed, removed }: Changes['source']): number => added + changed + removed;

/** What changed, in sentences with their numbers. */
export function answerOf(changes: Changes, judged: ChangedVerdicts | undefined): string {
  const { from, to, source, result } = changes;
  const moved = total(source);
  const isLive = to.number === null;
  if (moved === 0 && total(result) === 0)
    return `${isLive ? 'The clusters hold' : `Snapshot ${to.number} holds`} the same ${count(source.same, 'resource')} as snapshot ${from.number}.`;
  const parts = changeWords.filter((word) => source[word] > 0).map((word) => `${whole(source[word])} ${word}`);
  const first = `From snapshot ${from.number} to ${isLive ? 'the clusters' : to.number}, ${whole(moved)} of ${count(source.same + moved, 'resource')} ${verb(moved, 'is', 'are')} not as before${parts.length === 0 ? '' : ` (${parts.join(', ')})`}, and with ${verb(moved, 'it', 'them')} ${count(total(result), 'emitted resource')}.`;
  if (judged === undefined || !judged.complete) return first;
  const { verdicts, decisions, same } = judged;
  const fallen = decisions.filter(({ holds }) => !holds).length;
  const second = `${whole(verdicts.length)} of ${count(verdicts.length + same, 'verdict')} ${verb(verdicts.length, 'is', 'are')} other than before.`;
  const third =
    decisions.length === 0
      ? 'Nothing had been decided yet.'
      : fallen === 0
        ? `All ${count(decisions.length, 'decision')} ${verb(decisions.length, 'stands', 'stand')}.`
        : `${whole(fallen)} of ${count(decisions.length, 'decision')} ${verb(fallen, 'has', 'have')} to be looked at again.`;
  return `${first} ${second} ${third}`;
}

const matches = (words: readonly string[], ...texts: readonly string[]): boolean =>
  words.every((word) => texts.some((text) => text.toLowerCase().includes(word)));

const wordsOf = ({ q = '' }: Search): string[] => q.toLowerCase().split(/\s+/).filter(Boolean);

export function filterResources(rows: readonly ChangedResource[], search: Search): readonly ChangedResource[] {
  const words = wordsOf(search);
  const changes = setOf(search.change);
  return rows.filter(
    ({ change, kind, namespace, name, file = '', fields }) =>
      (changes.size === 0 || changes.has(change)) &&
      (search.kind === undefined || search.kind === kind) &&
      matches(words, kind, `${namespace}/${name}`, file, ...fields.map(({ path }) => path)),
  );
}

export function filterVerdicts(rows: readonly ChangedVerdict[], search: Search): readonly ChangedVerdict[] {
  const words = wordsOf(search);
  return rows.filter(
    ({ aspect, subject, sentence }) =>
      (search.kind === undefined || search.kind === aspect) && matches(words, subject, sentence),
  );
}

export function filterDecisions(rows: readonly Decision[], search: Search): readonly Decision[] {
  const words = wordsOf(search);
  const states = setOf(search.change);
  // What has to be looked at again first.
  const ordered = rows.toSorted((a, b) => Number(a.holds) - Number(b.holds));
  return ordered.filter(
    ({ what, subject, detail, why, holds }) =>
      (states.size === 0 || states.has(holds ? 'holds' : 'look-again')) &&
      (search.kind === undefined || search.kind === what) &&
      matches(words, subject, detail, why),
  );
}
