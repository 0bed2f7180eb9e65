import type { Cors, TextMatch } from '@isthmus/behavior';
import { child, type Field, text } from '@isthmus/kubernetes';
import { objectItems, textItems } from '../effective/fields.ts';
import { milliseconds } from './duration.ts';
import { textMatch } from './predicate.ts';

/** A `corsPolicy` (istio/pilot/pkg/networking/core/route/route.go TranslateCORSPolicy, 1.32). */
export function corsOf(policy: Field): Cors {
  const origins = child(policy, 'allowOrigins');
  const joined = (key: string): string =>
    textItems(child(policy, key))
      .map(({ value }) => value)
      .join(',');
  const [allowMethods, allowHeaders, exposeHeaders] = ['allowMethods', 'allowHeaders', 'exposeHeaders'].map(joined);
  const maxAge = milliseconds(child(policy, 'maxAge'));
  const allowCredentials = child(policy, 'allowCredentials')?.value;
  return {
    allowOrigins:
      origins === undefined
        ? textItems(child(policy, 'allowOrigin')).map(({ value }): TextMatch => ({ kind: 'exact', value }))
        : objectItems(origins).map(textMatch),
    ...(allowMethods ? { allowMethods } : {}),
    ...(allowHeaders ? { allowHeaders } : {}),
    ...(exposeHeaders ? { exposeHeaders } : {}),
    ...(maxAge === undefined ? {} : { maxAge: String(Math.trunc(maxAge / 1000)) }),
    ...(typeof allowCredentials === 'boolean' ? { allowCredentials } : {}),
    forwardsOtherPreflights: text(child(policy, 'unmatchedPreflights'))?.value !== 'IGNORE',
  };
}
