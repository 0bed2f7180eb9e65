import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { locateDiagnostics } from './locate-diagnostics.ts';
import { defaultSettings } from './settings.ts';
import { translate } from './translate.ts';

const filter = (name: string) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'Tomorrow',
  metadata: { name },
  spec: { priority: 1 },
});

function located(text: string): [name: string | undefined, line: number | undefined, column: number | undefined][] {
  const translation = translate(takeIn([readManifest('a', new TextEncoder().encode(text))]), defaultSettings);
  return locateDiagnostics(translation, () => text)
    .filter(({ path }) => path === 'spec.priority')
    .map(({ resource, line, column }) => [resource?.name, line, column]);
}

test('the items of a List on one line each keep their findings, with places of their own', () => {
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: ['a', 'b'].map(filter) });
  const columns = [...text.matchAll(/"priority"/g)].map(({ index }) => index + 1);
  expect(located(text)).toEqual([
    ['a', 1, columns[0]],
    ['b', 1, columns[1]],
  ]);
});

test('documents that end in dots are told apart by their lines', () => {
  const texts = ['a', 'b'].map((name) => JSON.stringify(filter(name), null, 1));
  const [first, second] = located(texts.join('\n...\n'));
  expect(first).toEqual(['a', 8, 3]);
  expect(second).toEqual(['b', 8 + 11, 3]);
});
