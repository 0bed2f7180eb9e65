import type { Check, CheckFinding } from '@isthmus/contract';
import { expect, test } from 'vitest';
import { areaWords, filterChecks, servicesOf } from './filter.ts';

const finding = (service: string, severity: CheckFinding['severity'] = 'warning'): CheckFinding => ({
  found: `Something of ${service}.`,
  severity,
  resource: { apiVersion: 'v1', kind: 'Service', namespace: 'sales', name: service },
  services: [`sales/${service}`],
});
const check = (id: string, more: Partial<Check>): Check => ({
  id,
  code: `ISTHMUS-PF-${id}`,
  area: 'services',
  title: `Rule ${id}`,
  state: 'failed',
  severity: 'warning',
  examines: 'names',
  examined: [{ count: 2, what: 'Services' }],
  effect: 'It breaks.',
  help: 'Mend it.',
  findings: [],
  total: 0,
  ...more,
});
const checks = [
  check('001', { findings: [finding('seats'), finding('web')] }),
  check('002', { severity: 'blocker', findings: [finding('seats', 'blocker')], area: 'pods' }),
  check('003', { state: 'passed', severity: 'blocker' }),
  check('004', { state: 'skipped', examined: [], reason: 'The import holds no Pods.' }),
];
const ids = (search: Parameters<typeof filterChecks>[1]) => filterChecks(checks, search).map(({ id }) => id);

test('without filters all are there, what blocks first, then what was skipped', () => {
  expect(ids({})).toEqual(['002', '001', '004', '003']);
});

test('filters narrow together; a severity means failed checks only', () => {
  expect(ids({ state: 'passed,skipped' })).toEqual(['004', '003']);
  expect(ids({ severity: 'blocker' })).toEqual(['002']);
  expect(ids({ area: 'services', severity: 'blocker' })).toEqual([]);
  expect(ids({ q: 'no pods' })).toEqual(['004']);
  expect(ids({ q: 'sales/web rule' })).toEqual(['001']);
});

test('a service leaves the findings about it', () => {
  expect(filterChecks(checks, { service: 'sales/web' }).map(({ id, findings }) => [id, findings.length])).toEqual([
    ['001', 1],
  ]);
  expect(servicesOf(checks)).toEqual(['sales/seats', 'sales/web']);
});

test('areas have names', () => {
  for (const { area } of checks) expect(areaWords[area]).toBeDefined();
});
