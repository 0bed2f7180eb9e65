import { useLocation } from '@tanstack/react-router';
import { useEffect } from 'react';

/** The place in a section that the address names; brought into view once what it is in stands there. */
export function useCurrent(isReady: boolean): string {
  const hash = useLocation({ select: (location) => location.hash });
  useEffect(() => {
    if (isReady && hash !== '') document.getElementById(hash)?.scrollIntoView({ block: 'center' });
  }, [hash, isReady]);
  return hash;
}
