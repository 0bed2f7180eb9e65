import type { Diagnostic, ResourceOverride, ResourceRow } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { filterFindings, findingsOf } from './filter.ts';

const resource = { apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', namespace: 'sales', name: 'seats' };
const row = (index: number, line: number, overrides: string[] = []): ResourceRow => ({
  ...resource,
  index,
  file: 'all.yaml',
  line,
  outcomes: { exact: 0, approximate: 0, unsupported: 0, inert: 0, untranslated: 0 },
  findings: { blocker: 0, warning: 0, info: 0 },
  overrides,
});
const diagnostics: readonly Diagnostic[] = [
  { code: 'ISTHMUS-VS-001', severity: 'blocker', message: 'Header', help: 'h', resource, file: 'all.yaml', line: 12 },
  { code: 'ISTHMUS-VS-001', severity: 'blocker', message: 'Header', help: 'h', resource, file: 'all.yaml', line: 12 },
  { code: 'ISTHMUS-VS-002', severity: 'warning', message: 'Retry', help: 'h', resource, file: 'all.yaml', line: 3 },
  { code: 'ISTHMUS-READ-001', severity: 'blocker', message: 'Broken', help: 'h', file: 'b.yaml' },
];
const emitted = { apiVersion: 'kuma.io/v1alpha1', kind: 'MeshTimeout', namespace: 'sales', name: 'seats' };
const override: ResourceOverride = {
  id: 'own',
  subject: emitted,
  change: 'edit',
  reason: 'measured',
  by: 'Ann',
  at: '2026-01-01T00:00:00.000Z',
  revision: 1,
  state: 'conflict',
  paths: [],
  widens: false,
};
const findings = findingsOf(diagnostics, [row(4, 1), row(5, 10)], []);

test('each finding has a name of its own that says where it is', () => {
  expect(findings.map(({ id }) => id)).toEqual([
    'ISTHMUS-VS-001@all.yaml:12',
    'ISTHMUS-VS-001@all.yaml:12#2',
    'ISTHMUS-VS-002@all.yaml:3',
    'ISTHMUS-READ-001@b.yaml',
  ]);
});

test('of two objects of one name in a file, the one around the line is meant', () => {
  expect(findings.map((finding) => finding.resource?.index)).toEqual([5, 5, 4, undefined]);
});

test('filters narrow together', () => {
  expect(filterFindings(findings, {})).toEqual(findings);
  expect(filterFindings(findings, { severity: 'warning' })).toHaveLength(1);
  expect(filterFindings(findings, { code: 'ISTHMUS-VS-001' })).toHaveLength(2);
  expect(filterFindings(findings, { q: 'broken b.yaml' })).toHaveLength(1);
  expect(filterFindings(findings, { namespace: 'sales', severity: 'blocker' })).toHaveLength(2);
  expect(filterFindings(findings, { q: 'virtualservice retry', severity: 'blocker' })).toEqual([]);
});

test('accepted findings are left out unless they are asked for', () => {
  const accepted = { reason: 'agreed', by: 'Ann', at: '2026-01-01T00:00:00.000Z' };
  const some = findings.map((one, index) =>
    index === 2 ? { ...one, diagnostic: { ...one.diagnostic, accepted } } : one,
  );
  expect(filterFindings(some, {})).toHaveLength(3);
  expect(filterFindings(some, { severity: 'warning' })).toEqual([]);
  expect(filterFindings(some, { accepted: 'shown' })).toHaveLength(4);
});

test('findings of what is overridden are marked: of the Istio resource behind it, and of the emitted one', () => {
  const about: Diagnostic = {
    code: 'ISTHMUS-OVR-002',
    severity: 'blocker',
    message: 'm',
    help: 'h',
    resource: emitted,
  };
  const marked = findingsOf([...diagnostics, about], [row(4, 1, ['own']), row(5, 10)], [override]);
  expect(
    filterFindings(marked, { overrides: 'some' }).map(({ diagnostic, overrides, beside }) => [
      diagnostic.code,
      overrides,
      beside,
    ]),
  ).toEqual([
    ['ISTHMUS-VS-002', ['own'], 4],
    ['ISTHMUS-OVR-002', ['own'], 4],
  ]);
});
