import { useEffect, useState } from 'react';
import { ago, exactly } from '../text/format.ts';

/** A moment as "3 h ago", with the exact time on hovering. */
export function Ago({ at }: { at: string }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={exactly(at)}>
      {ago(at, Math.max(now, Date.parse(at)))}
    </time>
  );
}
