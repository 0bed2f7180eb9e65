import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { takeIn } from './take-in.ts';

const findings = (text: string) =>
  takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]).diagnostics.map(
    ({ code, path, message }) => `${code} ${path} ${message.split(':')[0]}`,
  );
const service = (name: string, namespace: string, protocol: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: {ports: [{port: 80, protocol: ${protocol}}]}\n`;

test('what the API server would refuse is said, with its field', () => {
  expect(findings(service('seats', 'air', 'TCP'))).toEqual([]);
  expect(findings(service('"<b>"', '"$NAMESPACE"', 'HTTP'))).toEqual([
    'ISTHMUS-EST-004 metadata.name The name of this Service is <b>',
    'ISTHMUS-EST-004 metadata.namespace The namespace of this Service is $NAMESPACE',
    'ISTHMUS-EST-005 spec.ports[0].protocol Port 80 of this Service has the protocol HTTP',
  ]);
});
