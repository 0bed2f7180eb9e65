import type { OverrideSubject } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { createUnkept, type Unkept } from './unkept.ts';

const subject: OverrideSubject = {
  apiVersion: 'kuma.io/v1alpha1',
  kind: 'MeshTimeout',
  namespace: 'sales',
  name: 'seats',
};
const edit: Unkept = {
  subject,
  text: 'spec: {}\n',
  reason: 'measured',
  accepts: '',
  seen: { revision: 3, emitted: 'abc' },
};

/** What a tab of a browser keeps over a reload. */
function tab(most = Number.POSITIVE_INFINITY) {
  const stored = new Map<string, string>();
  return {
    stored,
    memory: {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => {
        if (value.length > most) throw new Error('full');
        stored.set(key, value);
      },
      removeItem: (key: string) => void stored.delete(key),
    },
  };
}

test('an edit outlives a reload with what it began from, and is gone once it is kept or given up', () => {
  const { memory, stored } = tab();
  createUnkept(() => memory).set('m', subject, edit);
  const reloaded = createUnkept(() => memory);
  expect(reloaded.of('m', subject)).toEqual(edit);
  expect(reloaded.of('m', { ...subject, place: 'zone/east' })).toBeUndefined();
  expect(reloaded.of('other', subject)).toBeUndefined();
  const { subject: _, ...added } = edit;
  reloaded.set('m', undefined, added);
  reloaded.set('m', subject, undefined);
  expect(createUnkept(() => memory).all('m')).toEqual({ added });
  reloaded.set('m', undefined, undefined);
  expect(stored.size).toBe(0);
});

test('readers are told, and see the very same edits while nothing changes', () => {
  const store = createUnkept(() => tab().memory);
  let told = 0;
  const stop = store.subscribe(() => told++);
  store.set('m', subject, edit);
  expect(store.all('m')).toBe(store.all('m'));
  stop();
  store.set('m', subject, undefined);
  expect(told).toBe(1);
});

test('without room or memory an edit lasts as long as the page; what is no edit is not read', () => {
  for (const memory of [tab(10).memory, undefined]) {
    const store = createUnkept(() => memory);
    store.set('m', subject, edit);
    expect(store.of('m', subject)).toEqual(edit);
    expect(createUnkept(() => memory).of('m', subject)).toBeUndefined();
  }
  const { memory, stored } = tab();
  for (const text of [
    '{',
    'null',
    '7',
    '{"a":null,"b":{"text":"x"},"c":{"text":"","reason":"","accepts":"","seen":{}}}',
  ]) {
    stored.set('isthmus.edits.m', text);
    expect(createUnkept(() => memory).all('m')).toEqual({});
  }
});
