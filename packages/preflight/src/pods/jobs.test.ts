import { expect, test } from 'vitest';
import { exampleFaults, resultOf } from '../example.test-support.ts';
import { jobs } from './jobs.ts';

test('the examples say the truth', () => {
  expect(exampleFaults(jobs)).toEqual([]);
});

const job =
  'apiVersion: batch/v1\nkind: Job\nmetadata: {name: j, namespace: sales}\nspec: {template: {spec: {containers: [{name: j}]}}}\n---\n';
const node = (version: string): string =>
  `apiVersion: v1\nkind: Node\nmetadata: {name: n}\nstatus: {nodeInfo: {kubeletVersion: ${version}}}\n`;

test('native sidecars end with their jobs: from Kubernetes 1.29 and Kong Mesh 2.14 on', () => {
  expect(resultOf(jobs, job + node('v1.31.2')).state).toBe('passed');
  expect(resultOf(jobs, job + node('v1.28.0'))).toMatchObject({ state: 'failed', severity: 'warning' });
  expect(resultOf(jobs, job)).toMatchObject({ state: 'failed', severity: 'info' });
  expect(resultOf(jobs, job + node('v1.31.2'), { settings: { target: '2.13' } }).state).toBe('failed');
});
