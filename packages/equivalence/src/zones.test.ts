import { estateOf, takeIn } from '@isthmus/istio';
import { type JsonObject, parseYaml, readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { createJudge } from './judge.ts';
import { judgeOfZones } from './zones.ts';

const seats = (port = 80) => `
apiVersion: v1
kind: Service
metadata: {name: seats, namespace: sales}
spec: {selector: {app: seats}, ports: [{name: http, port: ${port}, appProtocol: http}]}
`;
const timed = `---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: seats, namespace: sales}
spec: {hosts: [seats], http: [{timeout: 3s, redirect: {uri: /east}}]}
`;
const fares = seats().replaceAll('seats', 'fares');

const read = (cluster: string, text: string) =>
  readManifest(`cluster=${cluster}/a.yaml`, new TextEncoder().encode(text));
const whole = takeIn([read('west', `${seats()}---${fares}`), read('east', seats(8080) + timed)]);
const judgeOf = (cluster: string) => ({
  cluster,
  judge: createJudge({
    estate: estateOf(whole, cluster),
    emitted: parseYaml('').map(({ value }) => ({ role: 'resource', object: value as JsonObject })),
    findings: [],
    concerning: () => [],
    settings: {
      target: '2.14',
      mesh: 'default',
      zone: cluster,
      systemNamespace: 'kong-mesh-system',
      rootNamespace: 'istio-system',
      clusterDomain: 'cluster.local',
    },
  }),
});

test('each cluster is compared by itself, and every verdict says of which it is', () => {
  const judge = judgeOfZones(judgeOf('west'), judgeOf('east'));
  expect(judge.services).toEqual(['sales/fares', 'sales/seats']);
  expect(judge.portsOf('sales/seats')).toEqual([80, 8080]);
  const rows = judge.verify('sales/seats', []).filter(({ aspect }) => aspect === 'routing');
  expect(rows.map(({ port, clients, verdict }) => [port, clients, verdict])).toEqual([
    [80, 'all clients of cluster west', 'same'],
    [8080, 'all clients of cluster east', 'differs'],
  ]);
  expect(judge.verify('sales/fares', []).every(({ clients }) => clients.endsWith('of cluster west'))).toBe(true);
  expect(judge.verify('sales/none', [])).toEqual([]);
  const subject = { client: { namespace: 'sales', labels: {} }, service: { namespace: 'sales', name: 'seats' } };
  expect('before' in judge.model({ ...subject, port: 80 })).toBe(true);
});
