import { expect, test } from 'vitest';
import { defaultSettings } from '../settings.ts';
import { longestEdit, readEdit } from './edit.ts';

const subject = { apiVersion: 'kuma.io/v1alpha1', kind: 'MeshTimeout', namespace: 'air', name: 'flights' };
const text = (timeout: string): string => `apiVersion: kuma.io/v1alpha1
kind: MeshTimeout
metadata:
  name: flights
  namespace: air
  labels:
    kuma.io/mesh: default
spec:
  targetRef:
    kind: Mesh
  to:
    - targetRef:
        kind: MeshService
        name: flights
      default:
        http:
          requestTimeout: ${timeout}
`;
const problems = (given: string) => readEdit(given, subject, defaultSettings).problems;

test('what the target admits has no problems', () => {
  expect(readEdit(text('3s'), subject, defaultSettings)).toMatchObject({
    problems: [],
    object: { kind: 'MeshTimeout' },
  });
});

test('broken YAML is said with line and column', () => {
  const [problem] = problems(text('3s').replace('    kind: Mesh\n', '    kind: [Mesh\n'));
  expect(problem).toMatchObject({ path: '' });
  expect(problem?.line).toBeGreaterThanOrEqual(10);
  expect(problems('a: 1\na: 2\n')).toEqual([{ line: 2, column: 1, path: '', message: 'The key a stands here twice.' }]);
});

test('what the target refuses is said at the field', () => {
  expect(problems(text('soon'))[0]).toMatchObject({
    line: 17,
    column: 11,
    path: 'spec.to[0].default.http.requestTimeout',
  });
  expect(problems(text('3s').replace('requestTimeout', 'requestTimeouts'))[0]).toMatchObject({ line: 17, column: 11 });
});

test('a field that is missing is said at what should hold it', () => {
  expect(
    problems(text('3s').replace('      default:\n        http:\n          requestTimeout: 3s\n', ''))[0],
  ).toMatchObject({ line: 12 });
});

test.each([
  ['kind', text('3s').replace('MeshTimeout', 'MeshRetry'), 2],
  ['metadata.name', text('3s').replace('name: flights', 'name: seats'), 4],
  ['metadata.namespace', text('3s').replace('namespace: air', 'namespace: sea'), 5],
])('an edit keeps %s', (path, given, line) => {
  expect(problems(given)).toMatchObject([{ path, line }]);
});

test.each([
  ['nothing', '', 1],
  ['a list', '- a\n', 1],
  ['two resources', `${text('3s')}---\nkind: Mesh\n`, 19],
  ['too long a text', 'a'.repeat(longestEdit + 1), 1],
])('%s is no resource', (_, given, line) => {
  expect(problems(given)).toMatchObject([{ line, path: '' }]);
});

test('deep nesting ends in a problem, not in an exception', () => {
  expect(problems('['.repeat(5000))).toHaveLength(1);
  expect(
    problems(
      `a: &a [1,1]\nb: &b [*a,*a]\n${Array.from({ length: 30 }, (_, i) => `k${i}: &k${i} [${i ? `*k${i - 1},*k${i - 1}` : '*b,*b'}]`).join('\n')}`,
    ),
  ).toHaveLength(1);
});

test('an added resource needs a name, and is no Secret', () => {
  const found = readEdit('kind: Secret\napiVersion: v1\nmetadata: {}\n', undefined, defaultSettings).problems;
  expect(found.map(({ path }) => path)).toEqual(['metadata.name', 'kind']);
});
