import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { namespacesThatJoin, podJoins } from './joining.ts';

const read = (text: string) => readManifest('a.yaml', new TextEncoder().encode(text)).resources;
const namespace = (name: string, labels = ''): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}, labels: {${labels}}}\n---\n`;
const control = new Set(['istio-system', 'kong-mesh-system']);

test('labels of either mesh make a namespace join; one without stays outside where others have them', () => {
  const joins = namespacesThatJoin(
    read(
      namespace('sales', 'istio-injection: enabled') +
        namespace('crew', 'istio.io/rev: canary') +
        namespace('ambient', 'istio.io/dataplane-mode: ambient') +
        namespace('new', 'kuma.io/sidecar-injection: enabled') +
        namespace('outside', 'istio-injection: disabled, istio.io/rev: canary') +
        namespace('monitoring'),
    ),
    control,
  );
  expect(['sales', 'crew', 'ambient', 'new'].map(joins)).toEqual(['yes', 'yes', 'yes', 'yes']);
  expect(['outside', 'monitoring', 'kube-system', 'istio-system', 'kong-mesh-system'].map(joins)).toEqual(
    Array(5).fill('no'),
  );
  expect(joins('elsewhere')).toBe('unknown');
});

test('where no namespace says anything, nothing is known of any', () => {
  expect(namespacesThatJoin(read(namespace('sales')), control)('sales')).toBe('unknown');
});

test('a pod goes by its own labels first, and by those of Kong Mesh before those of Istio', () => {
  const inject = 'sidecar.istio.io/inject';
  const kuma = 'kuma.io/sidecar-injection';
  expect(podJoins({}, {}, 'unknown')).toBe('unknown');
  expect(podJoins({ [inject]: 'false' }, {}, 'yes')).toBe('no');
  expect(podJoins({}, { [inject]: 'false' }, 'yes')).toBe('no');
  expect(podJoins({ [inject]: 'true' }, {}, 'no')).toBe('yes');
  expect(podJoins({ [inject]: 'false', [kuma]: 'enabled' }, {}, 'no')).toBe('yes');
  expect(podJoins({ [inject]: 'true', [kuma]: 'disabled' }, {}, 'yes')).toBe('no');
});
