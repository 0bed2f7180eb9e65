import { useEffect } from 'react';

/** Names the browser's tab. */
export function useDocumentTitle(...parts: readonly (string | undefined)[]): void {
  const title = [...parts.filter((part) => part !== undefined && part !== ''), 'Isthmus'].join(' · ');
  useEffect(() => {
    document.title = title;
  }, [title]);
}
