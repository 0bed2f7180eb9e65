import { expect, test } from 'vitest';
import { type CoverageFilter, coverageRows } from './coverage-rows.ts';

const kinds = [
  {
    group: 'networking.istio.io',
    version: 'v1',
    kind: 'VirtualService',
    fields: [
      {
        field: 'spec.http[].timeout',
        results: [
          {
            outcome: 'exact' as const,
            targets: ['MeshTimeout spec.to[].default.http.requestTimeout'],
            contexts: ['mesh'],
          },
          { outcome: 'approximate' as const, code: 'ISTHMUS-GW-044', targets: [], contexts: ['gateway'] },
        ],
      },
      { field: 'spec.hosts[]', results: [{ outcome: 'unsupported' as const, targets: [], versions: ['2.13'] }] },
    ],
  },
  {
    group: 'networking.istio.io',
    version: 'v1',
    kind: 'Sidecar',
    fields: [{ field: 'spec.egress[].bind', results: [{ outcome: 'unsupported' as const, targets: [] }] }],
  },
];
const all: CoverageFilter = { kind: undefined, outcomes: new Set(), version: undefined, text: '' };
const fieldsOf = (filter: Partial<CoverageFilter>): string[] =>
  coverageRows(kinds, { ...all, ...filter }).map(({ kind, field, outcome }) => `${kind} ${field} ${outcome}`);

test('every result is a row, with when it holds', () => {
  const rows = coverageRows(kinds, all);
  expect(rows.map(({ field, when }) => [field, when])).toEqual([
    ['http[].timeout', 'mesh'],
    ['http[].timeout', 'gateway'],
    ['hosts[]', '2.13'],
    ['egress[].bind', ''],
  ]);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
});

test('rows are filtered by kind, outcome, version and words', () => {
  expect(fieldsOf({ kind: 'Sidecar' })).toEqual(['Sidecar egress[].bind unsupported']);
  expect(fieldsOf({ outcomes: new Set(['exact', 'approximate']) })).toHaveLength(2);
  expect(fieldsOf({ version: '2.14' })).not.toContain('VirtualService hosts[] unsupported');
  expect(fieldsOf({ version: '2.13' })).toContain('VirtualService hosts[] unsupported');
  expect(fieldsOf({ text: 'meshtimeout http' })).toEqual(['VirtualService http[].timeout exact']);
  expect(fieldsOf({ text: 'nothing like this' })).toEqual([]);
});
