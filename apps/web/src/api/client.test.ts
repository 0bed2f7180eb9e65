import { afterEach, expect, test, vi } from 'vitest';
import { addressOf, call } from './client.ts';
import { isProblem, problemFrom } from './problem.ts';

afterEach(() => vi.unstubAllGlobals());

test('names in a path are encoded, and what is undefined is no part of a query', () => {
  expect(addressOf('PATCH /migrations/:id/services/:namespace/:name', { id: 'm', namespace: 'a/b', name: 'c?d' })).toBe(
    '/api/v1/migrations/m/services/a%2Fb/c%3Fd',
  );
  expect(addressOf('GET /migrations/:id/workbench', { id: 'm' }, { service: 'a/b', resource: undefined })).toBe(
    '/api/v1/migrations/m/workbench?service=a%2Fb',
  );
  expect(() => addressOf('GET /migrations/:id', { id: '' })).toThrow('needs id');
  expect(() => addressOf('GET /codes/:code', { code: '..' })).toThrow('cannot be a part of an address');
});

function answer(status: number, body: string): ReturnType<typeof vi.fn> {
  const fetched = vi.fn(async () => new Response(status === 204 ? null : body, { status }));
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

test('a body is sent as JSON by the method of the operation', async () => {
  const fetched = answer(201, '{"id":"m"}');
  expect(await call('POST /migrations', { body: { name: 'x' } })).toEqual({ id: 'm' });
  expect(fetched).toHaveBeenCalledWith('/api/v1/migrations', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"name":"x"}',
    signal: null,
  });
});

test('no content is undefined', async () => {
  answer(204, '');
  expect(await call('DELETE /session')).toBeUndefined();
});

test('a problem document becomes an error that carries it', async () => {
  const problem = {
    type: 'about:blank',
    title: 'Conflict',
    status: 409,
    detail: 'd',
    code: 'conflict',
    current: { a: 1 },
  };
  answer(409, JSON.stringify(problem));
  const error: unknown = await call('GET /migrations').catch((reason: unknown) => reason);
  expect(isProblem(error, 'conflict') && error.problem).toEqual(problem);
  expect(isProblem(error, 'not-found')).toBe(false);
});

test('an answer that is no problem document, and no answer at all, are problems too', async () => {
  expect(problemFrom(502, '<html>Bad gateway</html>')).toMatchObject({ status: 502, code: 'http-502' });
  expect(problemFrom(500, 'null').code).toBe('http-500');
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('Failed to fetch');
  });
  const error: unknown = await call('GET /migrations').catch((reason: unknown) => reason);
  expect(isProblem(error, 'unreachable')).toBe(true);
});

test('a call that was aborted is no problem', async () => {
  const abort = new AbortController();
  vi.stubGlobal('fetch', async () => {
    abort.abort();
    throw new DOMException('aborted', 'AbortError');
  });
  const error: unknown = await call('GET /migrations', {}, abort.signal).catch((reason: unknown) => reason);
  expect(isProblem(error)).toBe(false);
});
