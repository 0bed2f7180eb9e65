import { useCallback, useEffect, useState } from 'react';
import type { Search } from '../../ui/search.ts';
import { useAddress } from '../../ui/use-search.ts';

/**
 * The address with what is about to stand there. The cursor moves faster than an address should change: `soon` shows at
 * once and is written once the cursor rests; `now` is for what is pressed.
 */
export function useView(): { search: Search; now: (part: Search) => void; soon: (part: Search) => void } {
  const [address, change] = useAddress();
  const [ahead, setAhead] = useState<Search>({});
  const names = Object.keys(ahead);
  const isWritten = names.every((name) => ahead[name] === address[name]);
  useEffect(() => {
    if (names.length === 0) return;
    if (isWritten) {
      setAhead({});
      return;
    }
    const timer = setTimeout(() => change(ahead), 200);
    return () => clearTimeout(timer);
  }, [names.length, isWritten, ahead, change]);
  const soon = useCallback((part: Search) => setAhead((before) => ({ ...before, ...part })), []);
  return { search: { ...address, ...ahead }, now: change, soon };
}
