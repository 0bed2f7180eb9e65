import { expect, test } from 'vitest';
import { refusals, type Trial } from '../refusals.test-support.ts';

const port = (protocol: string): string =>
  `{selector: {dataplaneRef: {name: a}}, ports: [{port: 80, targetPort: 80, appProtocol: ${protocol}}]}`;

test.each([
  [port('redis'), {}, 'accepted'],
  [port('redis'), { version: '3.0' } as Trial, 'spec.ports[0].appProtocol'],
  [port('HTTP'), { version: '3.0' } as Trial, 'accepted'],
  ['{selector: {dataplaneTags: {a: b}, dataplaneRef: {name: a}}}', {}, 'spec.selector'],
  ['{selector: {dataplaneTags: {a: b}, dataplaneRef: {name: a}}}', { version: '2.13' } as Trial, 'accepted'],
  ['{ports: [{port: 80, targetPort: 80}, {port: 80, targetPort: 81, appProtocol: tcp}]}', {}, 'spec.ports[1]'],
  ['{ports: [{port: -1}]}', {}, 'accepted'],
  ['{}', { name: 'a'.repeat(64) } as Trial, 'name'],
  ['{}', { name: 'a.b', version: '3.0' } as Trial, 'name'],
  ['{}', { name: 'a.b' } as Trial, 'accepted'],
])('%s in %j: %s', (spec, trial, path) => expect(refusals('MeshService', spec, trial)).toBe(path));
