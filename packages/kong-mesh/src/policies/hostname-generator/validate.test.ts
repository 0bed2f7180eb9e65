import { expect, test } from 'vitest';
import { refusals, type Trial } from '../refusals.test-support.ts';

const refused = (spec: string, trial: Trial = {}): string =>
  refusals('HostnameGenerator', spec, { namespace: 'kuma-system', ...trial });
const template = (text: string): string => `{selector: {meshService: {}}, template: '${text}'}`;

test.each([
  ['{template: a}', 'spec.selector'],
  ['{selector: {meshService: {}, meshExternalService: {}}, template: a}', 'spec.selector'],
  ['{selector: {meshService: {}}}', 'spec.template'],
  [template('{{ .DisplayName }}.{{ .Namespace }}.mesh'), 'accepted'],
  [template('{{ label "app" }}.svc.mesh.local'), 'accepted'],
  [template('api.stripe.com'), 'accepted'],
  [template('*.stripe.com'), 'spec.template'],
  [template('{{ name }}.mesh'), 'spec.template'],
  [template('{{ .Nothing }}.mesh'), 'spec.template'],
  [template('{{ .Name'), 'spec.template'],
  ['{selector: {meshService: {}}, template: a, extension: {type: ""}}', 'spec.extension.type'],
])('%s: %s', (spec, path) => expect(refused(spec)).toBe(path));

test('2.13 only parses a template', () => {
  expect(refused(template('*.stripe.com'), { version: '2.13' })).toBe('accepted');
  expect(refused(template('{{ name }}'), { version: '2.13' })).toBe('spec.template');
});
