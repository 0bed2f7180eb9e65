import { useLayoutEffect } from 'react';

/**
 * Stands where something that is typed into is still being loaded: keeps the characters that are typed meanwhile, so that
 * they are neither lost nor taken for keys of the page behind.
 */
export function TypeAhead({ onType }: { readonly onType: (change: (text: string) => string) => void }) {
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === 'Backspace') onType((text) => text.slice(0, -1));
      else if ([...event.key].length === 1) onType((text) => text + event.key);
      else if (event.key !== 'Enter') return;
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener('keydown', onKeyDown, true);
    return () => document.removeEventListener('keydown', onKeyDown, true);
  }, [onType]);
  return null;
}
