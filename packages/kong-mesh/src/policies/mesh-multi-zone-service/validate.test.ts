import { expect, test } from 'vitest';
import { refusals } from '../refusals.test-support.ts';

const spec = (labels: string, ports: string): string =>
  `{selector: {meshService: {matchLabels: ${labels}}}, ports: ${ports}}`;

test.each([
  [spec('{a: b}', '[{port: 80}]'), 'accepted'],
  [spec('{}', '[{port: 80}]'), 'spec.selector.meshService.matchLabels'],
  ['{ports: [{port: 80}]}', 'spec.selector.meshService.matchLabels'],
  [spec('{a: b}', '[]'), 'spec.ports'],
  [spec('{a: b}', 'null'), 'spec.ports'],
  [spec('{a: b}', '[{port: 80, name: "", appProtocol: HTTP}]'), 'spec.ports[0].name spec.ports[0].appProtocol'],
  [spec('{a: b}', '[{port: 80, appProtocol: kafka}]'), 'accepted'],
])('%s: %s', (text, path) => expect(refusals('MeshMultiZoneService', text)).toBe(path));

test('3.0 knows no kafka and holds the name to a DNS label', () => {
  const kafka = spec('{a: b}', '[{port: 80, appProtocol: kafka}]');
  expect(refusals('MeshMultiZoneService', kafka, { version: '3.0', name: 'a.b' })).toBe(
    'name spec.ports[0].appProtocol',
  );
});
