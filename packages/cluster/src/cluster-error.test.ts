import { expect, test } from 'vitest';
import { fromNetwork, fromStatus } from './cluster-error.ts';

test('what a library says is never repeated', () => {
  const error = fromNetwork(new Error('fetch https://me:sesame@east failed', { cause: { code: 'ECONNREFUSED' } }));
  expect(error.message).toBe('The API server cannot be reached: nobody listens there.');
  expect(fromNetwork(new Error('sesame')).message).toBe('The API server cannot be reached: the connection failed.');
  expect(fromNetwork({ errors: [{ code: 'ENOTFOUND' }] }).message).toContain('its name is not known');
  expect(fromNetwork({ code: 'ENOENT', path: '/home/me/sesame.key' }).message).not.toContain('sesame');
});

test('of a refusal the name of the user is kept, and nothing else', () => {
  const text = JSON.stringify({ message: 'pods is forbidden: User "system:serviceaccount:a:b" cannot list resource' });
  expect(fromStatus(403, undefined, text)).toMatchObject({ failure: 'forbidden', user: 'system:serviceaccount:a:b' });
  expect(fromStatus(403, undefined, 'User "a; rm -rf /" cannot list').user).toBeUndefined();
});

test('a wish for patience says how long', () => {
  expect(fromStatus(429, 3000)).toMatchObject({ failure: 'throttled', retryAfter: 3000 });
  expect(fromStatus(503).failure).toBe('server');
});
