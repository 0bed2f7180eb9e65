import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isCidr, isHostAndPort, isHostname, isIpAddress } from './addresses.ts';
import { isDnsLabel, isDnsSubdomain, isKumaIdentifier } from './names.ts';
import { inspectDecimal } from './numbers.ts';
import { spiffeIdProblem } from './spiffe-id.ts';
import { renderTemplate, templateProblem } from './template.ts';
import { isFilePath, isUrl, parseGoUrl } from './url.ts';

// The expectations were made with Go 1.26 and the expressions of govalidator a9d515a0.
const yes = (accept: (text: string) => boolean, texts: readonly string[]): void =>
  expect(texts.filter((text) => !accept(text))).toEqual([]);
const no = (accept: (text: string) => boolean, texts: readonly string[]): void =>
  expect(texts.filter(accept)).toEqual([]);

test('IP addresses', () => {
  yes(isIpAddress, ['10.1.2.3', '0.0.0.0', '::', '::1', '1::', '2001:db8::8:1', '::ffff:1.2.3.4', '1:2:3:4:5:6:7:8']);
  no(isIpAddress, [
    '',
    '1.2.3',
    '01.2.3.4',
    '256.1.1.1',
    '1.2.3.4.',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7::8:9',
    '::12345',
    'fe80::1%eth0',
    '::1.2.3',
  ]);
});

test('CIDRs', () => {
  yes(isCidr, ['10.0.0.0/8', '0.0.0.0/0', '10.0.0.1/032', '::/0', '2001:db8::/128']);
  no(isCidr, ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/-1', '::/129', 'a/8', '10.0.0.0/8/8']);
});

test('hosts with ports', () => {
  yes(isHostAndPort, ['a:1', ':1', 'a:', '[::1]:80', 'a:b']);
  no(isHostAndPort, ['a', '', '::1', 'a:1:2', '[::1]', '[::1', '[a]b:1', 'a]:1']);
});

test('host names', () => {
  yes(isHostname, ['a', 'A_b.c-d', 'a.b.', 'a_', '1', '_a']);
  no(isHostname, ['', '-a', 'a..b', 'a b', '*.a', '10.1.2.3', 'a'.repeat(64), 'a$', '.a']);
});

test('names', () => {
  yes(isDnsSubdomain, ['a', 'a-b.c', '1.2']);
  no(isDnsSubdomain, ['', 'A', 'a.', '-a', 'a..b', 'a_b', 'a'.repeat(254)]);
  yes(isDnsLabel, ['a', 'a-1']);
  no(isDnsLabel, ['', '1a', 'a.b', 'a'.repeat(64)]);
  yes(isKumaIdentifier, ['a_b.c-1', '-']);
  no(isKumaIdentifier, ['', 'A', 'a/b']);
});

test('URLs', () => {
  yes(isUrl, [
    'http://jaeger:9411/api/v2/spans',
    'logs:9000',
    'a.bc',
    'a.b/c?d#e',
    'ftp://u:p@a.b',
    '1.2.3.4:80',
    'http://[::1]:80/',
    'tcp://a.b:1',
    'WWW.A.com',
  ]);
  no(isUrl, [
    '',
    'a',
    'abc',
    'otel',
    '.a.b',
    'a b.c',
    'logs:x',
    'http://',
    'unix:///a',
    'a.b:123456',
    'http://a.b/%zz',
    '[.a]',
    '://a.b',
  ]);
});

test('a long text without end is judged in linear time', () => {
  expect(isUrl(`${'a'.repeat(2000)}!`)).toBe(false);
  expect(isUrl(`${'a-'.repeat(1000)}!`)).toBe(false);
});

test('parts of URLs', () => {
  expect(parseGoUrl('http://u@dd:8126/a?b#c')).toEqual({
    scheme: 'http',
    opaque: '',
    user: true,
    host: 'dd:8126',
    path: '/a',
    query: 'b',
    fragment: 'c',
  });
  expect(parseGoUrl('dd:8126')).toMatchObject({ scheme: 'dd', opaque: '8126' });
  for (const text of ['', 'a', 'http://a b', 'http://a:b', 'http://[a]', ':a', 'http://a%41', '/%zz', 'a\u0001'])
    expect(parseGoUrl(text, { request: true })).toBeUndefined();
});

test('paths of files', () => {
  yes(isFilePath, ['/', '/a', '/a/', '/a b/c', 'C:\\a\\b', '//a']);
  no(isFilePath, ['', 'a', 'a/b', '/a\0', 'C:/a']);
});

test('decimals', () => {
  const as = (kind: string) => (text: string) => inspectDecimal(text) === kind;
  yes(as('to 100'), [
    '1',
    '100',
    '+5',
    '.5',
    '5.',
    '1e2',
    '100.000',
    '1E-400',
    '1e-99999',
    '0.00000000000000000000000001',
    '10000000000000000000000e-22',
  ]);
  yes(as('above 100'), ['101', '100.0000000000000000000001', '1e3', '1e99999', '99999999999999999999']);
  yes(as('zero'), ['0', '-0', '0.00', '0e9']);
  yes(as('negative'), ['-1', '.-5', '-1e-9']);
  yes(as('none'), ['', '.', ' 1', '1 ', '1_0', '0x1', 'e1', '1e', '1e1.5', '1.2.3', 'NaN', '1e99999999999', '--1']);
  expect(inspectDecimal(50)).toBe('to 100');
  expect(inspectDecimal(10n ** 18n)).toBe('above 100');
});

test('SPIFFE IDs', () => {
  yes((text) => spiffeIdProblem(text) === undefined, ['spiffe://td', 'spiffe://td-1_a.b/ns/A', 'spiffe://td/...']);
  no(
    (text) => spiffeIdProblem(text) === undefined,
    [
      '',
      'td',
      'spiffe://',
      'spiffe:///a',
      'spiffe://td/',
      'spiffe://td/a/',
      'spiffe://td/.',
      'spiffe://td/a//b',
      'spiffe://TD',
      'spiffe://td/%41',
      'SPIFFE://td',
    ],
  );
});

describe('templates', () => {
  const render = (text: string): string | undefined =>
    templateProblem(text) === undefined
      ? renderTemplate(text, { Name: 'name', Zone: 'zone' }, () => 'label')
      : 'refused';

  test.each([
    ['a', 'a'],
    ['', ''],
    ['{{ .Name }}.{{.Zone}}', 'name.zone'],
    ['{{ label "app" }}', 'label'],
    ['{{ "app" | label }}', 'label'],
    ['{{ label .Name }}', 'label'],
    ['a {{- .Name -}} b', 'anameb'],
    ['a{{/* {{ */}}b', 'ab'],
    ['a{{- /* c */ -}} b', 'ab'],
    ['{{ "}}" }}', '}}'],
    ['{{ `a` }}', 'a'],
    ['}}', '}}'],
    ['{{ .Nothing }}', undefined],
    ['{{ .Name.Zone }}', undefined],
    ['{{ label }}', undefined],
    ['{{ print .Name }}', undefined],
    ['{{ 1 }}', undefined],
  ])('%s gives %s', (text, expected) => expect(render(text)).toBe(expected));

  test.each([
    '{{',
    '{{ }}',
    '{{ name }}',
    '{{ .Name',
    '{{ "a }}',
    '{{ .Name "b" | }}',
    '{{ nil }}',
    '{{ 1x }}',
    '{{ $x }}',
    '{{/* a }}',
    '{{/* a */ b}}',
    '{{ if .Name }}a{{ end }}',
    '{{ "a"label }}',
  ])('%s is refused', (text) => expect(render(text)).toBe('refused'));
});

test('no text makes a check throw', () => {
  const part = fc.constantFrom(
    '{{',
    '}}',
    '.Name',
    '"',
    '`',
    '|',
    '/*',
    '*/',
    '-',
    ' ',
    '://',
    ':',
    '[',
    ']',
    '%',
    '1',
    'a',
    '.',
    '/',
    '@',
    '\u0000',
    '\ud800',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
      ),
      (text) => {
        for (const check of [isIpAddress, isCidr, isHostAndPort, isHostname, isUrl, isFilePath])
          expect(typeof check(text)).toBe('boolean');
        if (templateProblem(text) === undefined) renderTemplate(text, {}, (name) => name);
        inspectDecimal(text);
        spiffeIdProblem(text);
      },
    ),
    { numRuns: 2000 },
  );
});
