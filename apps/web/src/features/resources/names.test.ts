import type { ResourceRow } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { addressNames } from './names.ts';

const row = (index: number, name: string, file: string): ResourceRow => ({
  index,
  apiVersion: 'networking.istio.io/v1',
  kind: 'Gateway',
  namespace: '',
  name,
  file,
  line: 3,
  outcomes: { exact: 1, approximate: 0, unsupported: 0, inert: 0, untranslated: 0 },
  findings: { blocker: 0, warning: 0, info: 0 },
  overrides: [],
});

test('resources of one name, as of several clusters, are told apart by their places', () => {
  const rows = [row(4, 'door', 'east.yaml'), row(7, 'gate', 'east.yaml'), row(9, 'door', 'west.yaml')];
  expect([...addressNames(rows)]).toEqual([
    [4, 'Gateway//door@east.yaml:3'],
    [7, 'Gateway//gate'],
    [9, 'Gateway//door@west.yaml:3'],
  ]);
});
