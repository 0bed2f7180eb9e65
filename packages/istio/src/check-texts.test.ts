import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { takeIn } from './take-in.ts';

const findings = (text: string): [path: string | undefined, message: string][] =>
  takeIn([readManifest('a.yaml', new TextEncoder().encode(text))])
    .diagnostics.filter(({ code }) => code === 'ISTHMUS-READ-012')
    .map(({ path, message }) => [path, message.split(',')[0] ?? '']);

test('a plain n, on or number where Istio has a text is found wherever it stands', () => {
  const text = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: seats}
spec:
  host: n
  subsets: [{name: "n", labels: {version: 1.0}}]
---
apiVersion: networking.istio.io/v1beta1
kind: VirtualService
metadata: {name: seats}
spec:
  hosts: [seats, on]
  http:
    - match: [{headers: {x: {exact: 017}}, port: 80, ignoreUriCase: yes}]
      timeout: 5
`;
  expect(findings(text)).toEqual([
    ['spec.host', 'spec.host is the boolean false'],
    ['spec.subsets[0].labels.version', 'spec.subsets[0].labels.version is the number 1'],
    ['spec.hosts[1]', 'spec.hosts[1] is the boolean true'],
    ['spec.http[0].match[0].headers.x.exact', 'spec.http[0].match[0].headers.x.exact is the number 15'],
    ['spec.http[0].timeout', 'spec.http[0].timeout is the number 5'],
  ]);
});

test('kinds that Istio does not define today are left alone', () => {
  expect(
    findings('apiVersion: authentication.istio.io/v1alpha1\nkind: Policy\nmetadata: {name: a}\nspec: {a: n}'),
  ).toEqual([]);
});
