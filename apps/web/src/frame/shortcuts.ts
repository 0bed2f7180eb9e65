import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { places } from './places.ts';

export type Overlay = 'palette' | 'keys';

/** What a key asks for. `afterG` says whether the key before it was `g`. */
export type Wish =
  | { readonly kind: 'open'; readonly overlay: Overlay }
  | { readonly kind: 'go'; readonly to: (typeof places)[number]['to'] | '/guide' }
  | { readonly kind: 'filter' }
  | { readonly kind: 'prefix' }
  | { readonly kind: 'none' };

interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** @param isTyping whether the focus is in a field that takes text */
export function wishOf({ key, ctrlKey, metaKey, altKey }: Key, isTyping: boolean, afterG: boolean): Wish {
  if ((ctrlKey || metaKey) && !altKey && key.toLowerCase() === 'k') return { kind: 'open', overlay: 'palette' };
  if (isTyping || ctrlKey || metaKey || altKey) return { kind: 'none' };
  if (afterG) {
    const place = places.find((one) => one.key === key);
    if (place !== undefined) return { kind: 'go', to: place.to };
    if (key === 'u') return { kind: 'go', to: '/guide' };
    return { kind: 'none' };
  }
  if (key === '?') return { kind: 'open', overlay: 'keys' };
  if (key === '/') return { kind: 'filter' };
  return key === 'g' ? { kind: 'prefix' } : { kind: 'none' };
}

const typing = 'input:not([type=checkbox]), textarea, select, [contenteditable=true], .monaco-editor';
const prefixLasts = 1500;

/** The keys that work on every page. */
export function useShortcuts(id: string | undefined, onOpen: (overlay: Overlay) => void): void {
  const navigate = useNavigate();
  const prefixAt = useRef(0);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector('dialog[open]') !== null) return;
      const { target } = event;
      const isTyping = target instanceof Element && target.closest(typing) !== null;
      const afterG = Date.now() - prefixAt.current < prefixLasts;
      const wish = wishOf(event, isTyping, afterG);
      prefixAt.current = wish.kind === 'prefix' ? Date.now() : 0;
      if (wish.kind === 'open') onOpen(wish.overlay);
      else if (wish.kind === 'go' && wish.to === '/guide') void navigate({ to: wish.to });
      else if (wish.kind === 'go' && id !== undefined) void navigate({ to: wish.to, params: { id } });
      else if (wish.kind === 'filter') document.querySelector<HTMLInputElement>('input[type=search]')?.focus();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [navigate, id, onOpen]);
}
