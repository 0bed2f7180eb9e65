import { createJudge } from '@isthmus/equivalence';
import { takeIn } from '@isthmus/istio';
import type { RouterFlavor } from '@isthmus/kong-gateway';
import { type TargetVersion, targetVersions } from '@isthmus/kong-mesh';
import { readManifest } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { defaultSettings } from '../../settings.ts';
import { translate } from '../../translate.ts';

const rule = (more = '') => `{rewrite: {authority: maps.example.com}, timeout: 3s, ${more}
  route: [{destination: {host: maps.example.com, port: {number: 80}}}]}`;
const entry = (more = '', namespace = 'web') => `---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: maps, namespace: ${namespace}}
spec: {hosts: [maps.example.com], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS${more}}
`;

function translated(rules: string, entries: string, target: TargetVersion = '2.14', router?: RouterFlavor) {
  const text = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: door, namespace: web}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: shop, namespace: web}
spec: {hosts: [shop.example.com], gateways: [door], http: [${rules}]}
${entries}`;
  return translate(takeIn([readManifest('a.yaml', new TextEncoder().encode(text))]), {
    ...defaultSettings,
    target,
    ...(router === undefined ? {} : { router }),
  });
}

const routers: readonly RouterFlavor[] = ['expressions', 'traditional_compatible'];
test.each(targetVersions.flatMap((target) => routers.map((router) => ({ target, router }))))(
  'behind Kong requests leave the mesh as behind Istio’s gateway ($target, $router)',
  ({ target, router }) => {
    const rules = `${rule('match: [{uri: {prefix: /maps/}}],')}, {match: [{uri: {exact: /}}], directResponse: {status: 204}}`;
    const { estate, emitted, settings, diagnostics } = translated(rules, entry(), target, router);
    const concerning = () => estate.istio;
    const judge = createJudge({ estate, emitted, settings, findings: diagnostics, concerning });
    const rows = judge.verify('web/gateway:door', []);
    expect(rows.map(({ aspect, verdict, sentence }) => `${aspect} ${verdict === 'same' ? verdict : sentence}`)).toEqual(
      ['routing same', 'resilience same'],
    );
  },
);

test.each([
  ['without the host of its own', rule().replace('rewrite: {authority: maps.example.com},', ''), entry()],
  ['with another host', rule().replace('authority: maps', 'authority: shop'), entry()],
  ['with a subset', rule().replace('port:', 'subset: v1, port:'), entry()],
  [
    'for a share of the requests',
    rule().replace('}}}]}', '}}, weight: 1}, {destination: {host: web}, weight: 1}]}'),
    entry(),
  ],
  ['to a host that not every namespace sees', rule(), entry(', exportTo: ["."]', 'other')],
  ['to a host of two ServiceEntries', rule(), entry() + entry('', 'other')],
  ['to endpoints with addresses of their own', rule(), entry(', endpoints: [{address: a.example.com}]')],
  ['to a port that speaks no plain HTTP', rule(), entry().replace('protocol: HTTP', 'protocol: TLS')],
  ['to a port that there is not', rule().replace('number: 80', 'number: 81'), entry()],
])('a rule %s is closed', (_, rules, entries) => {
  const { emitted, diagnostics } = translated(rules, entries);
  expect(diagnostics.map(({ code }) => code)).toContain('ISTHMUS-GW-034');
  expect(emitted.some(({ object }) => object.metadata.name.endsWith('-outside'))).toBe(false);
  expect(JSON.stringify(emitted)).toContain('not-carried-over');
});
