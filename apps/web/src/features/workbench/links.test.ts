import type { Workbench } from '@isthmus/contract';
import { describe, expect, test } from 'vitest';
import { blockEnd, indexLinks } from './links.ts';
import { joinDocuments, numberOf, sectionAt } from './source-text.ts';

const span = (line: number, keyColumn: number, column: number, endColumn: number, endLine = line) => ({
  line,
  column,
  endLine,
  endColumn,
  keyColumn,
});
const subject = (kind: string, name: string) => ({ apiVersion: 'v1', kind, namespace: 'sales', name });

const workbench: Workbench = {
  title: 'sales/seats',
  before: [
    {
      index: 0,
      resource: subject('DestinationRule', 'seats'),
      file: 'a.yaml',
      line: 3,
      rewritten: false,
      overrides: [],
      text: 'spec:\n  host: seats\n  trafficPolicy:\n    outlierDetection: {interval: 10s, splitExternalLocalOriginErrors: false}\n',
    },
    {
      index: 1,
      resource: subject('VirtualService', 'seats'),
      file: 'b.yaml',
      line: 1,
      rewritten: false,
      overrides: [],
      text: 'spec:\n  hosts:\n  - seats\n',
    },
  ],
  after: [
    {
      index: 0,
      resource: subject('MeshCircuitBreaker', 'seats'),
      role: 'resource',
      file: 'c.yaml',
      text: 'spec:\n  to:\n    - targetRef:\n        kind: MeshService\n        name: seats\n      default:\n        interval: 10s\n',
    },
    { index: 1, resource: subject('MeshHTTPRoute', 'seats'), role: 'resource', file: 'd.yaml', text: 'name: seats\n' },
  ],
  fields: [
    {
      document: 0,
      path: 'spec.host',
      span: span(2, 3, 9, 14),
      outcome: 'exact',
      targets: [
        { document: 0, path: 'spec.to[0].targetRef', span: span(4, 9, 9, 20, 5) },
        { document: 1, path: 'name', span: span(1, 1, 7, 12) },
      ],
    },
    {
      document: 0,
      path: 'spec.trafficPolicy.outlierDetection.interval',
      span: span(4, 24, 34, 37),
      outcome: 'approximate',
      targets: [{ document: 0, path: 'spec.to[0].default.interval', span: span(7, 9, 19, 22) }],
    },
    {
      document: 0,
      path: 'spec.trafficPolicy.outlierDetection.splitExternalLocalOriginErrors',
      span: span(4, 39, 71, 76),
      outcome: 'unsupported',
      targets: [],
    },
    {
      document: 1,
      path: 'spec.hosts[0]',
      span: span(3, 5, 5, 10),
      outcome: 'exact',
      targets: [{ document: 1, path: 'name', span: span(1, 1, 7, 12) }],
    },
  ],
  findings: [],
  elsewhere: [],
  omittedElsewhere: 0,
  omittedFindings: 0,
  codes: [],
  outcomes: { exact: 2, approximate: 1, unsupported: 1, inert: 0, untranslated: 0 },
  omitted: 0,
};
const source = joinDocuments(workbench.before);
const links = indexLinks(workbench, source);
const paths = (selection: { fields: readonly { field: { path: string } }[] }): string[] =>
  selection.fields.map(({ field }) => field.path);

describe('the joined text', () => {
  test('has a heading that is YAML before each document, and the line numbers of the files', () => {
    expect(source.text.split('\n')).toEqual([
      '--- # DestinationRule sales/seats · a.yaml:3',
      'spec:',
      '  host: seats',
      '  trafficPolicy:',
      '    outlierDetection: {interval: 10s, splitExternalLocalOriginErrors: false}',
      '--- # VirtualService sales/seats · b.yaml:1',
      'spec:',
      '  hosts:',
      '  - seats',
    ]);
    expect([1, 2, 5, 6, 7].map((line) => numberOf(source, workbench.before, line))).toEqual(['', '3', '6', '', '1']);
    expect([1, 5, 6, 9].map((line) => sectionAt(source.sections, line)?.document)).toEqual([0, 0, 1, 1]);
  });

  test('leaves out what a filter hides, and keeps names with line breaks on one line', () => {
    const hostile = { ...subject('A', 'x\n---\nkind: B') };
    const documents = workbench.before.map((one) => ({ ...one, resource: hostile }));
    const joined = joinDocuments(documents, new Set([0]));
    expect(joined.text.split('\n')[0]).toBe('--- # A sales/x --- kind: B · a.yaml:3');
    expect(joined.sections).toHaveLength(1);
  });
});

describe('provenance', () => {
  test('from a field to all of its counterparts, also in several resources', () => {
    const { fields, isBlock } = links.at({ side: 'before', line: 3, column: 10 });
    expect(isBlock).toBe(false);
    expect(fields[0]?.counterparts.map(({ document, path }) => [document, path])).toEqual([
      [0, 'spec.to[0].targetRef'],
      [1, 'name'],
    ]);
  });

  test('from an emitted field back to all of its sources', () => {
    expect(paths(links.at({ side: 'after', document: 1, line: 1, column: 8 }))).toEqual(['spec.host', 'spec.hosts[0]']);
    expect(paths(links.at({ side: 'after', document: 0, line: 5, column: 1 }))).toEqual(['spec.host']);
    expect(paths(links.at({ side: 'after', document: 9, line: 1, column: 1 }))).toEqual([]);
  });

  test('a column tells fields of one line apart; elsewhere on the line all of them are meant', () => {
    const at = (column: number) => paths(links.at({ side: 'before', line: 5, column }));
    expect(at(35)).toEqual(['spec.trafficPolicy.outlierDetection.interval']);
    expect(at(60)).toEqual(['spec.trafficPolicy.outlierDetection.splitExternalLocalOriginErrors']);
    expect(at(1)).toHaveLength(2);
  });

  test('a key that opens a block means all within; a heading the whole document', () => {
    expect(links.at({ side: 'before', line: 4, column: 3 })).toMatchObject({ isBlock: true, fields: [{}, {}] });
    expect(paths(links.at({ side: 'before', line: 8, column: 3 }))).toEqual(['spec.hosts[0]']);
    expect(paths(links.at({ side: 'before', line: 6, column: 1 }))).toEqual(['spec.hosts[0]']);
    expect(paths(links.at({ side: 'after', document: 0, line: 1, column: 1 }))).toEqual([
      'spec.host',
      'spec.trafficPolicy.outlierDetection.interval',
    ]);
  });

  test('each line knows the outcomes of its fields', () => {
    expect([...links.outcomesByLine]).toEqual([
      [3, ['exact']],
      [5, ['approximate', 'unsupported']],
      [9, ['exact']],
    ]);
  });
});

test('blocks end where the indentation does', () => {
  const lines = ['a:', '  - b: 1', '    c: 2', '', '  # note', '  - d: 3', 'e:', '- f', '- g', '--- # next', 'h: 1'];
  expect([1, 2, 3, 6, 7, 8, 10].map((line) => blockEnd(lines, line))).toEqual([6, 3, 3, 6, 9, 8, 10]);
  expect(blockEnd(lines, 99)).toBe(99);
});

test('what went into a line from a resource that is not shown is told too, and marks the line', () => {
  const target = workbench.fields.flatMap(({ targets }) => targets).find(({ span: at }) => at !== undefined);
  if (target?.span === undefined) throw new Error('a target is expected');
  const { document, span } = target;
  const other = {
    resource: subject('MeshConfig', 'istio'),
    index: 7,
    file: 'mesh.yaml',
    line: 3,
    path: 'localityLbSetting.enabled',
    outcome: 'approximate' as const,
    targets: [target],
  };
  const index = indexLinks({ ...workbench, elsewhere: [other] }, source);
  const place = { side: 'after' as const, document, line: span.line, column: span.keyColumn };
  const { fields, elsewhere } = index.at(place);
  expect(elsewhere).toEqual([other]);
  // Those that are shown stay what they are.
  expect(fields.map((field) => field.index)).toEqual(links.at(place).fields.map((field) => field.index));
  expect(fields.length).toBeGreaterThan(0);
  expect(index.arrivals.get(document)?.map(({ outcome }) => outcome)).toContain('approximate');
  const alone = indexLinks({ ...workbench, fields: [], elsewhere: [other] }, source).at(place);
  expect(alone).toMatchObject({ fields: [], elsewhere: [other] });
});
