import { expect, test } from 'vitest';
import { defaultLimits } from './limits.ts';
import { checkOtherFile, readManifest, redact } from './read.ts';
import type { FileReading } from './reading.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (text: string, limits = defaultLimits): FileReading => readManifest('a.yaml', bytes(text), limits);
const codesOf = (reading: FileReading): string[] => reading.diagnostics.map((d) => d.code);

const service = (name: string): string => `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\n`;
const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----';

test('documents with their places, comments and empty ones aside', () => {
  const reading = read(`# head\n\n---\n${service('a')}---\n# nothing\n---\n\n# c\n${service('b')}...\n${service('c')}`);
  expect(reading.resources.map(({ name, source }) => [name, source])).toEqual([
    ['a', { file: 'a.yaml', line: 4, document: 0 }],
    ['b', { file: 'a.yaml', line: 12, document: 1 }],
    ['c', { file: 'a.yaml', line: 16, document: 2 }],
  ]);
  expect(reading).toMatchObject({ documents: 3, unidentified: [], diagnostics: [] });
});

test('a resource with all its parts', () => {
  const text = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: reviews
  namespace: bookinfo
  labels: {app: reviews}
  annotations:
    networking.istio.io/exportTo: "*"
spec: {hosts: [reviews]}
`;
  expect(read(text).resources).toEqual([
    {
      apiVersion: 'networking.istio.io/v1',
      group: 'networking.istio.io',
      kind: 'VirtualService',
      namespace: 'bookinfo',
      name: 'reviews',
      labels: { app: 'reviews' },
      annotations: { 'networking.istio.io/exportTo': '*' },
      object: expect.objectContaining({ spec: { hosts: ['reviews'] } }),
      source: { file: 'a.yaml', line: 1, document: 0 },
    },
  ]);
});

test.each(['', '\n\n', '---\n', '# only a comment\n---\n---\n', '\uFEFF'])('%j holds nothing', (text) => {
  expect(read(text)).toEqual({
    file: 'a.yaml',
    documents: 0,
    resources: [],
    unidentified: [],
    diagnostics: [],
    hidden: [],
  });
});

test('Lists are taken apart, Lists within too, each item with its line', () => {
  const text = `apiVersion: v1
items:
- apiVersion: v1
  kind: Service
  metadata: {name: a}
# next
- apiVersion: v1
  kind: List
  items:
  - apiVersion: v1
    kind: Service
    metadata: {name: b}
kind: List
`;
  expect(read(text).resources.map(({ name, source }) => [name, source.line, source.within])).toEqual([
    ['a', 3, 'items[0]'],
    ['b', 10, 'items[1].items[0]'],
  ]);
});

test('the items of a typed list take their kind from it', () => {
  const text = '{"apiVersion":"v1","kind":"ServiceList","items":[\n{"metadata":{"name":"a"}}]}';
  expect(read(text).resources).toMatchObject([{ apiVersion: 'v1', kind: 'Service', name: 'a', source: { line: 2 } }]);
});

test('JSON is read as kubectl reads it: escapes of JSON, tabs, one value after the other', () => {
  const one = `{\n\t"apiVersion": "v1",\n\t"kind": "ConfigMap",\n\t"metadata": {"name": "a"},\n\t"data": {"x": "\\ud83d\\ude00 \\/"}\n}`;
  expect(read(one)).toMatchObject({ diagnostics: [], resources: [{ object: { data: { x: '😀 /' } } }] });
  expect(read(`${service('x')}---\n${one}`).resources).toHaveLength(2);
  const two = `${one}\n${one.replace('"a"', '"b"')}\n`;
  expect(read(two).resources.map(({ name, source }) => [name, source.line])).toEqual([
    ['a', 1],
    ['b', 7],
  ]);
  expect(read('{"a": 1, "a": 2}').diagnostics).toMatchObject([{ code: 'ISTHMUS-READ-002', line: 1, column: 10 }]);
  expect(read('{"a": 1}{"b": 1, "b": 2}').diagnostics).toMatchObject([{ code: 'ISTHMUS-READ-002', column: 18 }]);
  expect(read('{"a": 1,,}').diagnostics).toMatchObject([{ code: 'ISTHMUS-READ-001' }]);
});

test('a broken document has line and column, and the others go on', () => {
  const reading = read(
    `${service('a')}---\nkind: x\n  bad: [1\n---\n${service('b')}---\nkind: "x\n---\n${service('c')}`,
  );
  expect(reading.resources.map((r) => r.name)).toEqual(['a', 'b', 'c']);
  expect(reading.documents).toBe(5);
  expect(reading.diagnostics).toMatchObject([
    { code: 'ISTHMUS-READ-001', severity: 'blocker', file: 'a.yaml', line: 6, column: 6 },
    { code: 'ISTHMUS-READ-001', line: 13 },
  ]);
});

test('a tab that indents has its place', () => {
  expect(read('a:\n\tb: 1\n').diagnostics).toMatchObject([{ code: 'ISTHMUS-READ-001', line: 2 }]);
});

test('equal keys name both lines', () => {
  expect(read(`${service('a')}---\nspec:\n  host: a\n  port: 1\n  host: b\n`).diagnostics).toMatchObject([
    {
      code: 'ISTHMUS-READ-002',
      severity: 'blocker',
      line: 8,
      column: 3,
      message: expect.stringContaining("'host' stands twice in one map, first on line 6"),
      related: [{ file: 'a.yaml', line: 6, column: 3 }],
    },
  ]);
});

test.each([
  ['a value', 'metadata:\n  name: {{ .Release.Name }}\n', 2, 9],
  ['a key', 'metadata:\n  {{ .Values.key }}: x\n', 2, 3],
  ['a line of its own', 'kind: Service\n{{- if .Values.on }}\nspec: {}\n{{- end }}\n', 2, 1],
])('a template at %s is to be rendered first', (_, text, line, column) => {
  const reading = read(`${text}---\n${service('b')}`);
  expect(reading.diagnostics).toMatchObject([{ code: 'ISTHMUS-READ-003', severity: 'blocker', line, column }]);
  expect(reading.diagnostics[0]?.help).toContain('helm template');
  expect(reading.resources).toHaveLength(1);
});

test('braces within quotes are text; those of a chart in an Istio resource get a warning', () => {
  const rule = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "{{ .Values.x }}"}\n';
  expect(codesOf(read(rule))).toEqual([]);
  const route = (host: string): string =>
    `apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: a}\nspec: {hosts: ["${host}"]}\n`;
  expect(read(route('{{ .Values.host }}')).diagnostics).toMatchObject([
    { code: 'ISTHMUS-READ-004', severity: 'warning', path: 'spec.hosts[0]', resource: { name: 'a' } },
  ]);
  expect(codesOf(read(route('{{name}}')))).toEqual([]);
});

test.each([
  ['hello', 'it is a text, and a map was expected'],
  ['[1]', 'it is a list, and a map was expected'],
  ['replicas: 1', 'it has no apiVersion'],
  ['apiVersion: 1\nkind: A', 'its apiVersion is no text'],
  ['apiVersion: v1', 'it has no kind'],
  ['apiVersion: v1\nkind: on', 'its kind is no text'],
  ['apiVersion: v1\nkind: A\nmetadata: {}', 'it has no metadata.name'],
  ['apiVersion: v1\nkind: A', 'it has no metadata.name'],
])('%j is listed, not lost', (text, reason) => {
  expect(read(text)).toMatchObject({
    documents: 1,
    resources: [],
    unidentified: [{ reason, source: { file: 'a.yaml', line: 1, document: 0 } }],
  });
});

test('an object without a name keeps its fields for the ledger; generateName is a name', () => {
  const reading = read('apiVersion: networking.istio.io/v1\nkind: Gateway\nspec: {x: 1}\n');
  expect(reading.unidentified[0]?.resource).toMatchObject({ kind: 'Gateway', name: '', object: { spec: { x: 1 } } });
  expect(codesOf(reading)).toEqual(['ISTHMUS-READ-013']);
  expect(read('apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: a-}\n')).toMatchObject({
    resources: [{ name: '', kind: 'Job' }],
    diagnostics: [],
  });
  expect(read('apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nspec: {}\n')).toMatchObject({
    resources: [{ name: '', kind: 'IstioOperator' }],
    diagnostics: [],
  });
  expect(codesOf(read('apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n'))).toEqual([]);
});

test('metadata of the wrong type is a finding and no crash', () => {
  const text =
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: 1\n  namespace: no\n  labels: {a: 1.5, b: x}\n  annotations: [x]\n';
  const reading = read(text);
  expect(reading.resources).toMatchObject([
    { name: '1', namespace: 'false', labels: { a: '1.5', b: 'x' }, annotations: {} },
  ]);
  expect(reading.diagnostics.map((d) => d.path)).toEqual([
    'metadata.namespace',
    'metadata.name',
    'metadata.labels.a',
    'metadata.annotations',
  ]);
  expect(reading.diagnostics[0]?.message).toContain('is the boolean false, and a text was expected');
  expect(read('apiVersion: v1\nkind: Service\nmetadata: [x]\n')).toMatchObject({ unidentified: [{ kind: 'Service' }] });
  const nulls = 'apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: , labels: , annotations: {a: }}\n';
  expect(read(nulls)).toMatchObject({
    diagnostics: [],
    resources: [{ namespace: '', labels: {}, annotations: { a: '' } }],
  });
});

const secret = (name: string, indent = ''): string =>
  [
    'apiVersion: v1',
    'kind: Secret',
    'metadata:',
    `  name: ${name}`,
    '  annotations:',
    '    note: kept',
    '    kubectl.kubernetes.io/last-applied-configuration: |',
    '      {"data":{"p":"aHVudGVyMg=="}}',
    'type: Opaque # hunter2',
    'data:',
    '  p: aHVudGVyMg==',
    'stringData:',
    `  q: |\n${indent}    hunter2`,
    '# hunter2 again',
  ].join(`\n${indent}`);

test('a Secret keeps its name and type, not its values, in the object and in the text', () => {
  const text = `# head\n---\n# hunter2\n${secret('a')}\n---\n${service('b')}`;
  const reading = read(text);
  expect(reading.resources[0]).toMatchObject({ name: 'a', annotations: { note: 'kept' }, source: { line: 4 } });
  expect(Object.keys(reading.resources[0]?.object ?? {})).toEqual(['apiVersion', 'kind', 'metadata', 'type']);
  expect(codesOf(reading)).toEqual(['ISTHMUS-READ-011']);
  const stored = redact(bytes(text), reading);
  expect(JSON.stringify(reading) + stored).not.toMatch(/hunter2|aHVudGVyMg/);
  expect(stored.split('\n')).toHaveLength(text.split('\n').length);
  expect(stored).toMatch(/\n---\n\n\{"apiVersion":"v1","kind":"Secret","metadata":\{"name":"a"\},"type":"Opaque"\}\n/);
  expect(readManifest('a.yaml', bytes(stored)).resources.map((r) => [r.name, r.source])).toEqual(
    reading.resources.map((r) => [r.name, r.source]),
  );
});

test.each([
  [
    'block',
    `apiVersion: v1\nkind: List\nitems:\n- ${secret('a', '  ')}\n- apiVersion: v1\n  kind: Service\n  metadata: {name: b}\n- ${secret('c', '  ')}\nmetadata: {}\n`,
  ],
  [
    'flow',
    `{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {p: hunter2, q: [[{}], a: hunter2]}} # hunter2\n, {apiVersion: v1, kind: Service,\n metadata: {name: b}}, {apiVersion: v1, "kind": "Secret", metadata: {name: c}, stringData: {q: 'hunter2'}}]}\n`,
  ],
  [
    'JSON',
    JSON.stringify(
      {
        apiVersion: 'v1',
        kind: 'List',
        items: ['a', 'b', 'c'].map((name) => ({
          apiVersion: 'v1',
          data: name === 'b' ? {} : { p: 'hunter2}' },
          kind: name === 'b' ? 'Service' : 'Secret',
          metadata: { name },
        })),
      },
      undefined,
      1,
    ),
  ],
])('Secrets in a List of %s style lose their values, the other items keep their lines', (_, text) => {
  const reading = read(text);
  const stored = redact(bytes(text), reading);
  expect(JSON.stringify(reading) + stored).not.toMatch(/hunter2|aHVudGVyMg/);
  expect(stored.split('\n')).toHaveLength(text.split('\n').length);
  const again = readManifest('a.yaml', bytes(stored));
  expect(again.diagnostics.filter((d) => d.severity === 'blocker')).toEqual([]);
  expect(again.resources.map((r) => [r.kind, r.name])).toEqual(reading.resources.map((r) => [r.kind, r.name]));
  expect(again.resources[1]?.source).toEqual(reading.resources[1]?.source);
});

test.each([
  ['with an alias', `x: &v {p: hunter2}\n${secret('a')}\nmore: *v\n`],
  ['in one chunk with another', `${secret('a')}\n...\n${service('b')}`],
  ['in a broken document', `${secret('a')}\n  : [\n`],
  ['without a name', 'apiVersion: v1\nkind: Secret\nstringData: {p: hunter2}\n'],
  ['without an apiVersion', 'kind: Secret\nstringData: {p: hunter2}\n'],
  ['on the line of the marker', '--- {apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {p: hunter2}}\n'],
])('no value of a Secret is stored %s', (_, text) => {
  const reading = read(text);
  const stored = redact(bytes(text), reading);
  expect(JSON.stringify(reading) + stored).not.toMatch(/hunter2|aHVudGVyMg/);
  expect(stored.split('\n')).toHaveLength(text.split('\n').length);
});

const indented = key.replaceAll('\n', '\n    ');
test.each([
  ['in a ConfigMap', `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  k: |\n    ${indented}\n`],
  ['in a comment', `# ${key.replaceAll('\n', '\n# ')}\n${service('a')}`],
  ['as base64', `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {k: ${btoa(key)}}\n`],
  [
    'folded',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  k: -----BEGIN RSA\n    PRIVATE KEY----- MIIB\n',
  ],
  ['in a broken document', `a: [\n${key}\n`],
  ['in what is no object', `k: |\n  ${key.replaceAll('\n', '\n  ')}\n`],
])('a private key %s refuses the document and leaves no trace', (_, text) => {
  const whole = `${service('before')}---\n${text}---\n${service('after')}`;
  const reading = read(whole);
  expect(reading.resources.map((r) => r.name)).toEqual(['before', 'after']);
  expect(codesOf(reading)).toContain('ISTHMUS-READ-010');
  const stored = redact(bytes(whole), reading);
  expect(JSON.stringify(reading) + stored).not.toMatch(/MIIB|BEGIN RSA|LS0t/);
  expect(stored.split('\n')).toHaveLength(whole.split('\n').length);
});

const letters = 'MIIB'.repeat(12);
const tokens = (jwks: string): string =>
  `apiVersion: security.istio.io/v1\nkind: RequestAuthentication\nmetadata: {name: a}\nspec:\n  jwtRules:\n    - issuer: x\n      jwks: ${jwks}\n`;
test.each([
  ['of a pair', `'{"keys":[{"kty":"EC","x":"a","d":"${letters}"}]}'`],
  ['in a quoted text', `"{\\"keys\\":[{\\"kty\\":\\"OKP\\",\\"d\\":\\"${letters}\\"}]}"`],
  ['that is shared', `'{"keys":[{"k":"${letters}","kty":"oct"}]}'`],
  ['that is shared and short', `'{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}'`],
  ['folded over lines', `>-\n        {"keys": [{"kty": "RSA",\n        "d":\n        "${letters}"}]}`],
])('a private JSON Web Key %s refuses the document and leaves no trace', (_, jwks) => {
  const whole = `${tokens(jwks)}---\n${service('after')}`;
  const reading = read(whole);
  expect(reading.resources.map((r) => r.name)).toEqual(['after']);
  expect(codesOf(reading)).toContain('ISTHMUS-READ-010');
  expect(JSON.stringify(reading) + redact(bytes(whole), reading)).not.toContain('MIIB');
});

test('public JSON Web Keys may stand in a policy', () => {
  const text = tokens(`'{"keys":[{"kty":"RSA","kid":"d","n":"${letters}","e":"AQAB"}]}'`);
  expect(codesOf(read(text))).toEqual([]);
});

test('a private key in a Secret is dropped like any value; a certificate may stand anywhere', () => {
  const inSecret = `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  k: |\n    ${indented}\n`;
  expect(codesOf(read(inSecret))).toEqual(['ISTHMUS-READ-011']);
  const certificate = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {c: "-----BEGIN CERTIFICATE-----"}\n`;
  expect(codesOf(read(certificate))).toEqual([]);
});

test('a file that is no manifest is checked for private keys', () => {
  expect(checkOtherFile('tls.key', bytes(`x\n${key}`))).toMatchObject({
    code: 'ISTHMUS-READ-010',
    file: 'tls.key',
    line: 2,
  });
  expect(checkOtherFile('a.bin', Uint8Array.of(0xff, 0, ...bytes(key)))).toMatchObject({ code: 'ISTHMUS-READ-010' });
  expect(checkOtherFile('README.md', bytes('hello'))).toBeUndefined();
});

test('limits are findings that name the limit', () => {
  expect(read('a: 1\n', { ...defaultLimits, fileBytes: 3 }).diagnostics).toMatchObject([
    { code: 'ISTHMUS-READ-006', message: expect.stringContaining('5 bytes, and the limit is 3 bytes') },
  ]);
  const many = read([1, 2, 3, 4].map((n) => service(`s${n}`)).join('---\n'), { ...defaultLimits, documents: 2 });
  expect(many.resources).toHaveLength(2);
  expect(many.diagnostics).toMatchObject([{ code: 'ISTHMUS-READ-007', line: 9 }]);
  expect(codesOf(read(`a: ${'['.repeat(200)}`))).toEqual(['ISTHMUS-READ-008']);
  expect(codesOf(read('a: &a [1, 2]\nb: [*a, *a]\n', { ...defaultLimits, aliasExpansion: 5 }))).toEqual([
    'ISTHMUS-READ-009',
  ]);
});

test('bytes that are no text are a finding', () => {
  expect(readManifest('a.yaml', Uint8Array.of(0x61, 0xff)).diagnostics).toMatchObject([
    { code: 'ISTHMUS-READ-005', severity: 'blocker', line: 1, column: 2 },
  ]);
  expect(codesOf(read('a: 1\0'))).toEqual(['ISTHMUS-READ-005']);
});

test('a value of ten million characters is read', () => {
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {x: "${'x'.repeat(10_000_000)}"}\n`;
  expect(read(text)).toMatchObject({ diagnostics: [], resources: [{ name: 'a' }] });
});
