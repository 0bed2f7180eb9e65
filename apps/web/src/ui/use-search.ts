import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Search } from './search.ts';

/** What stands in the address, and how to change some of it without a new step of the browser's history. */
export function useAddress(): readonly [Search, (change: Search) => void] {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const change = useCallback(
    (part: Search) =>
      void navigate({
        to: '.',
        search: (before: Search) => ({ ...before, ...part }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  return [search, change];
}

/**
 * What stands in the address and what was written into it behind that, without what the address has come to since; undefined
 * where it holds something from elsewhere, as by a link or by going back. A busy page may take longer to come to an address
 * than somebody takes to change it again.
 */
export function stillToCome(written: readonly string[], stored: string): readonly string[] | undefined {
  const at = written.indexOf(stored);
  return at < 0 ? undefined : written.slice(at);
}

// Milliseconds without a change.
const pause = 150;

/** A value that changes often, as text being typed or the cursor of a table: it follows into the address at a pause. */
export function useLooseSearch(name: string): readonly [string, (text: string) => void] {
  const [search, change] = useAddress();
  const router = useRouter();
  const stored = search[name] ?? '';
  const [text, setText] = useState(stored);
  const written = useRef<readonly string[]>([stored]);
  useEffect(() => {
    const left = stillToCome(written.current, stored);
    written.current = left ?? [stored];
    if (left === undefined) setText(stored);
  }, [stored]);
  useEffect(() => {
    if (text === written.current.at(-1)) return;
    let timer: ReturnType<typeof setTimeout>;
    const write = (): void => {
      const { pathname } = router.latestLocation;
      // Another page is on its way, as when a row is opened at once: to write here would call that off.
      if (pathname !== (router.state.resolvedLocation?.pathname ?? pathname)) {
        timer = setTimeout(write, pause);
        return;
      }
      written.current = [...written.current, text];
      change({ [name]: text === '' ? undefined : text });
    };
    timer = setTimeout(write, pause);
    return () => clearTimeout(timer);
  }, [text, name, change, router]);
  return [text, setText];
}

/** `a,b` as a set; empty where the address says nothing. */
export const setOf = (text: string | undefined): ReadonlySet<string> =>
  new Set(text === undefined || text === '' ? [] : text.split(','));

/** The set with a member added or removed, as it stands in an address. */
export function toggled(set: ReadonlySet<string>, member: string): string | undefined {
  const next = new Set(set);
  if (!next.delete(member)) next.add(member);
  return next.size === 0 ? undefined : [...next].sort().join(',');
}
