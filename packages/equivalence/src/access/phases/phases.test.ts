import type { Resource } from '@isthmus/kubernetes';
import { readManifest } from '@isthmus/kubernetes';
import { describe, expect, test } from 'vitest';
import {
  allowWeb,
  authentication,
  authorization,
  caseOf,
  everyone,
  identity,
  own,
  permission,
  strict,
  tls,
  web,
} from '../access.test-support.ts';
import { type AccessRow, answerOf, tallyAccess } from '../access-tally.ts';
import type { PhaseCase } from './bridge.ts';
import { accessInPhase } from './phase-row.ts';

// The estate of `../access.test-support.ts`: payments of sales serves, web of sales and guest of passenger call.

const istioWeb = "{type: Exact, value: 'spiffe://cluster.local/ns/sales/sa/web'}";
const gateway = { namespace: 'kong', account: 'gateway' };
const ingress = { namespace: 'istio-system', account: 'ingress' };
const kongGateway = `{type: Exact, value: '${own}/ns/kong/sa/gateway'}`;
const egress = `
apiVersion: kuma.io/v1alpha1
kind: MeshTrafficPermission
metadata: {name: egress, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
spec:
  targetRef: {kind: Dataplane, labels: {kuma.io/listener-zoneegress: enabled}}
  rules: [{default: {allow: [{spiffeID: {type: Prefix, value: '${own}/ns'}}]}}]
`;

const direct = { toKong: 'direct', toIstio: 'direct' } as const;
const gateways = { toKong: gateway, toIstio: ingress };

function inPhase(
  phase: string | Readonly<Record<string, string>>,
  istio: readonly string[],
  kong: readonly string[],
  rest: Partial<Pick<PhaseCase, 'bridge' | 'callers' | 'calls' | 'istio'>> & { complete?: boolean } = {},
): readonly AccessRow[] {
  const { complete = true, ...given } = rest;
  return accessInPhase({
    ...caseOf(istio, kong, { complete }),
    phaseOf: (service) => (typeof phase === 'string' ? phase : (phase[service] ?? 'discovered')),
    callers: 'anywhere',
    bridge: direct,
    ...given,
  });
}

const shown = (rows: readonly AccessRow[], port = 8443) =>
  rows
    .filter((row) => row.aspect === 'access' && row.port === port && row.verdict !== 'same')
    .map(({ verdict, callers, before, after, way }) => ({ verdict, callers, before, after, way }));
const verdicts = (rows: readonly AccessRow[]): string[] =>
  [...new Set(rows.filter(({ aspect }) => aspect === 'access').map(({ verdict }) => verdict))].sort();

const closed = [identity, permission(web, istioWeb), tls('Strict')];

describe('a service that only web may call', () => {
  test('in Istio: its sidecars come as ever, Kong Mesh comes without an identity', () => {
    const rows = inPhase('discovered', [strict, allowWeb], closed);
    expect(shown(rows)).toEqual([
      {
        verdict: 'narrower',
        callers: ['sales/web'],
        before: 'may call',
        after: 'refused without mTLS',
        way: 'from Kong Mesh to Istio in plaintext, which the server sees without an identity',
      },
    ]);
  });

  test('in Istio with nobody in Kong Mesh: the same', () => {
    expect(verdicts(inPhase('discovered', [strict, allowWeb], closed, { callers: 'recorded' }))).toEqual(['same']);
  });

  test('in Kong Mesh: its clients of either mesh come by their own certificates', () => {
    expect(verdicts(inPhase('migrated', [strict, allowWeb], closed))).toEqual(['same']);
    // Without the name of Istio the permission refuses those who have not moved yet.
    expect(shown(inPhase('migrated', [strict, allowWeb], [identity, permission(web), tls('Strict')]))).toEqual([
      {
        verdict: 'narrower',
        callers: ['sales/web'],
        before: 'may call',
        after: 'refused',
        way: 'from Istio to Kong Mesh by its own certificate',
      },
    ]);
  });

  test('in both: the worst of all ways counts', () => {
    const [row, ...rest] = shown(inPhase('bridged', [strict, allowWeb], closed));
    expect(rest).toEqual([]);
    expect(row).toMatchObject({ verdict: 'narrower', way: expect.stringContaining('from Kong Mesh to Istio') });
    expect(shown(inPhase('shifting', [strict, allowWeb], closed))).toEqual([row]);
  });

  test('a Permissive server of Kong Mesh lets everybody in, whatever Istio says', () => {
    const rows = inPhase('bridged', [strict, allowWeb], [identity, permission(web, istioWeb), tls('Permissive')]);
    const wider = shown(rows).filter(({ verdict }) => verdict === 'wider');
    expect(wider.map(({ way }) => way)).toEqual([
      'from Istio to Kong Mesh in plaintext, which the server sees without an identity',
      'to its Pods in Kong Mesh',
    ]);
    expect(wider[0]?.callers).toContain('passenger/guest');
    expect(wider[1]?.callers).toEqual(['a client without an identity']);
  });
});

describe('gateways hand calls on under their own names', () => {
  test('to Kong Mesh: whoever may call the gateway may call what the gateway may', () => {
    const rows = inPhase('migrated', [strict, allowWeb], [identity, permission(web, kongGateway), tls('Strict')], {
      bridge: gateways,
    });
    const [row] = rows.filter(({ verdict }) => verdict === 'wider');
    expect(row?.sentence).toBe(
      `\`spiffe://cluster.local/ns/passenger/sa/guest\`, \`spiffe://cluster.local/ns/sales/sa/payments\`, any other account of passenger and 3 more could not call \`payments.sales:8443\` before and can now, from Istio to Kong Mesh by a gateway, which the server sees as \`${own}/ns/kong/sa/gateway\`.`,
    );
    expect(answerOf(tallyAccess(rows))).toMatch(/^\d+ pairs of caller and port can call what they could not before/);
  });

  test('to Kong Mesh: a gateway that is not allowed cuts clients off', () => {
    expect(shown(inPhase('migrated', [strict, allowWeb], closed, { bridge: gateways }))).toEqual([
      expect.objectContaining({ verdict: 'narrower', callers: ['sales/web'] }),
    ]);
  });

  const allowIngress = authorization(
    'rules: [{from: [{source: {principals: [cluster.local/ns/sales/sa/web, cluster.local/ns/istio-system/sa/ingress]}}]}]',
  );

  test('to Istio: an ingress gateway that is allowed lets everybody of Kong Mesh in', () => {
    const rows = inPhase('discovered', [strict, allowIngress], [...closed, egress], { bridge: gateways });
    const wider = shown(rows).filter(({ verdict }) => verdict === 'wider');
    expect(wider.map(({ way }) => way)).toEqual([
      'from Kong Mesh to Istio by a gateway, which the server sees as `spiffe://cluster.local/ns/istio-system/sa/ingress`',
    ]);
    expect(wider[0]?.callers).toContain('passenger/guest');
    expect(wider[0]?.callers).not.toContain('sales/web');
  });

  test('to Istio: a zone egress that allows one client lets one client in', () => {
    const narrow = egress.replace(`{type: Prefix, value: '${own}/ns'}`, web);
    const rows = inPhase('discovered', [strict, allowIngress], [...closed, narrow], { bridge: gateways });
    expect(shown(rows)).toEqual([]);
    expect(verdicts(rows)).toEqual(['same']);
  });

  test('to Istio: without a permission for the zone egress nobody comes by it', () => {
    const rows = inPhase('discovered', [strict, allowIngress], closed, { bridge: gateways });
    expect(shown(rows).every(({ verdict }) => verdict === 'narrower')).toBe(true);
    expect(shown(rows).flatMap(({ callers }) => callers)).toContain('sales/web');
  });
});

describe('each service has its own bridge', () => {
  const allowIngress = authorization(
    'rules: [{from: [{source: {principals: [cluster.local/ns/sales/sa/web, cluster.local/ns/istio-system/sa/ingress]}}]}]',
  );
  const named = egress.replace(
    `{spiffeID: {type: Prefix, value: '${own}/ns'}}`,
    `{spiffeID: ${web}, sni: {type: Exact, value: payments.egress}}, {spiffeID: {type: Prefix, value: '${own}/ns/passenger/sa'}, sni: {type: Exact, value: other.egress}}`,
  );
  const through = (names: readonly string[]) =>
    shown(
      inPhase('discovered', [strict, allowIngress], [...closed, named], {
        bridge: () => ({ toKong: 'direct', toIstio: ingress, serverNames: () => names }),
      }),
    );

  test('whom the zone egress lets by depends on the name that is asked for', () => {
    expect(through(['payments.egress'])).toEqual([]);
    expect(through(['other.egress'])).toEqual([
      expect.objectContaining({ verdict: 'wider', callers: expect.arrayContaining(['passenger/guest']) }),
      expect.objectContaining({ verdict: 'narrower', callers: ['sales/web'] }),
    ]);
  });

  test('without a way nobody crosses', () => {
    const rows = inPhase('bridged', [strict, allowWeb], closed, { bridge: { toKong: 'closed', toIstio: 'closed' } });
    expect(shown(rows)).toEqual([
      expect.objectContaining({
        verdict: 'narrower',
        callers: ['sales/web'],
        way: 'from Istio to Kong Mesh, where there is no way',
      }),
    ]);
    expect(rows.find(({ aspect }) => aspect === 'transport')?.way).toContain('Kong Mesh to Istio: refused');
  });
});

describe('requests of which only some were let through', () => {
  const gets = authorization('rules: [{to: [{operation: {methods: [GET]}}]}]');

  test('a rule that only Istio can say is lost on the way to Kong Mesh', () => {
    const rows = inPhase('migrated', [strict, gets], [identity, permission(everyone), tls('Strict')], {
      bridge: direct,
    });
    expect(
      shown(rows)
        .filter(({ verdict }) => verdict === 'wider')
        .map(({ way }) => way),
    ).toContain('within Kong Mesh');
    expect(rows.find(({ verdict }) => verdict === 'wider')?.request).toBe('`DELETE /`');
  });

  test('in Istio the same requests are let through, and another name may get through more', () => {
    const named = authorization(
      'rules: [{from: [{source: {principals: [cluster.local/ns/istio-system/sa/ingress]}}]}, {to: [{operation: {methods: [GET]}}]}]',
    );
    const rows = inPhase('discovered', [strict, named], [...closed, egress], { bridge: gateways });
    expect(shown(rows)).toEqual([
      expect.objectContaining({ verdict: 'wider', before: 'some requests', after: 'may call' }),
    ]);
    expect(verdicts(inPhase('discovered', [strict, gets], closed, { callers: 'recorded' }))).toEqual(['same']);
  });

  test('what a path was not refused before is found by a request', () => {
    const split = authorization(
      "rules: [{from: [{source: {principals: [cluster.local/ns/sales/sa/web]}}], to: [{operation: {paths: ['/a']}}]}, {from: [{source: {principals: [cluster.local/ns/istio-system/sa/ingress]}}], to: [{operation: {paths: ['/b']}}]}]",
    );
    const rows = inPhase('discovered', [strict, split], [...closed, egress], { bridge: gateways });
    const row = rows.find(({ callers }) => callers.includes('sales/web'));
    expect(row).toMatchObject({
      verdict: 'wider',
      request: '`GET /b`',
      before: 'some requests',
      after: 'some requests',
    });
  });
});

describe("the bridge's own objects of Istio", () => {
  const resources = (text: string): readonly Resource[] =>
    readManifest('bridge.yaml', new TextEncoder().encode(text)).resources;

  test('PERMISSIVE for the sake of Kong Mesh opens nothing where policies name callers', () => {
    const rows = inPhase('discovered', [strict, allowWeb], closed, { istio: resources(authentication('PERMISSIVE')) });
    expect(verdicts(rows)).toEqual(['narrower', 'same']);
    expect(rows.filter(({ aspect, verdict }) => aspect === 'transport' && verdict === 'wider')).toHaveLength(2);
  });

  test('PERMISSIVE where nothing else restricts opens the port to clients without a sidecar', () => {
    const rows = inPhase('discovered', [strict], [identity, permission(everyone), tls('Strict')], {
      istio: resources(authentication('PERMISSIVE')),
    });
    expect(shown(rows)).toEqual([
      expect.objectContaining({ verdict: 'wider', callers: ['a client without an identity'] }),
    ]);
  });

  test('a policy that is made wider for a gateway is seen', () => {
    const widened = authorization('rules: [{from: [{source: {namespaces: [istio-system]}}]}]');
    const rows = inPhase('discovered', [strict, allowWeb], [...closed, egress], {
      bridge: gateways,
      istio: resources(widened),
    });
    expect(
      shown(rows)
        .filter(({ verdict }) => verdict === 'wider')
        .flatMap(({ callers }) => callers),
    ).toContain('passenger/guest');
  });
});

describe('a gateway that the bridge brings along', () => {
  const account = { namespace: 'istio-bridge', account: 'from-kong' };
  const reads = authorization('rules: [{to: [{operation: {methods: [GET]}}]}]');
  const resources = (text: string) => readManifest('bridge.yaml', new TextEncoder().encode(text)).resources;
  const forGateway = (principal: string): string => `
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: from-kong, namespace: sales}
spec: {selector: {matchLabels: {app: payments}}, rules: [{from: [{source: {principals: ['${principal}']}}]}]}
`;
  const within = (principal: string, areOwn: boolean) =>
    inPhase('discovered', [strict, reads], closed, {
      bridge: { toKong: 'closed', toIstio: account, areOwn },
      istio: resources(forGateway(principal)),
    });
  const own = 'cluster.local/ns/istio-bridge/sa/from-kong';

  test('calls for others only, who find in Istio what they found before', () => {
    const rows = within(own, true);
    expect(verdicts(rows)).not.toContain('wider');
    expect(verdicts(rows)).not.toContain('undecided');
    expect(rows.flatMap(({ callers }) => callers).join(' ')).not.toContain('from-kong');
  });

  test('one that the estate has may call for itself', () => {
    const wider = within(own, false).filter(({ verdict }) => verdict === 'wider');
    expect([...new Set(wider.flatMap(({ callers }) => callers))]).toEqual([expect.stringContaining('/sa/from-kong')]);
  });

  test('a policy for it that names others besides is seen', () => {
    const wider = within('*', true).filter(({ verdict }) => verdict === 'wider');
    expect(wider.flatMap(({ callers }) => callers)).toContain('passenger/guest');
  });
});

test('where phases are recorded, callers are where their services are', () => {
  const service = `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: sales}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;
  const phases = (web: string) =>
    shown(
      inPhase({ 'sales/payments': 'discovered', 'sales/web': web }, [strict, allowWeb, service], closed, {
        callers: 'recorded',
      }),
    );
  expect(phases('discovered')).toEqual([]);
  expect(phases('migrated').map(({ callers }) => callers)).toEqual([['sales/web']]);
  expect(phases('shifting').map(({ callers }) => callers)).toEqual([['sales/web']]);
  expect(phases('rolled-back')).toEqual([]);
});

test('of a part of an estate it is undecided, not wider', () => {
  const rows = inPhase('migrated', [strict, allowWeb], [permission(web)], { complete: false });
  expect(verdicts(rows)).toContain('undecided');
  expect(verdicts(rows)).not.toContain('wider');
});

describe('transport', () => {
  const transport = (rows: readonly AccessRow[]) =>
    rows.filter(({ aspect, port }) => aspect === 'transport' && port === 8443);
  const bare = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: cron, namespace: sales}
spec:
  template:
    metadata: {labels: {app: cron, sidecar.istio.io/inject: 'false'}}
    spec: {containers: []}
`;

  test('each mesh by itself, each edge, and where plaintext comes from', () => {
    const rows = inPhase(
      'bridged',
      [authentication('PERMISSIVE'), bare],
      [identity, permission(everyone), tls('Permissive')],
    );
    expect(transport(rows)).toEqual([
      expect.objectContaining({
        verdict: 'same',
        before: 'permissive',
        after: 'permissive in Istio, permissive in Kong Mesh',
        way: 'within Istio: mTLS; Kong Mesh to Istio: plaintext; clients without a sidecar to Istio: plaintext; Istio to Kong Mesh: plaintext; within Kong Mesh: mTLS; clients without a sidecar to Kong Mesh: plaintext',
        sentence:
          '`payments.sales:8443` takes plaintext and mTLS in Istio and takes plaintext and mTLS in Kong Mesh; before, it took plaintext and mTLS. No workload without a sidecar is known to call it; these may, in plaintext: sales/cron.',
      }),
    ]);
  });

  test('who is known to call in plaintext comes before who may', () => {
    const calls = [{ from: 'sales/cron', to: 'sales/payments', detail: 'PAYMENTS names payments.sales' }];
    const policies = [identity, permission(everyone), tls('Permissive')];
    const other = bare.replaceAll('cron', 'report');
    const [row] = transport(inPhase('bridged', [authentication('PERMISSIVE'), bare, other], policies, { calls }));
    expect(row?.sentence).toMatch(
      / Workloads without a sidecar call it in plaintext: sales\/cron \(PAYMENTS names payments\.sales\); of others nothing is known, but they may: sales\/report\.$/,
    );
  });

  test('a Strict server of Kong Mesh takes Istio’s certificates, and gateways end TLS', () => {
    const [row] = transport(inPhase('migrated', [strict], [identity, permission(everyone), tls('Strict')]));
    expect(row).toMatchObject({
      verdict: 'same',
      after: 'strict in Kong Mesh',
      way: 'Istio to Kong Mesh: mTLS; within Kong Mesh: mTLS; clients without a sidecar to Kong Mesh: refused',
    });
    const [other] = transport(
      inPhase('migrated', [strict], [identity, permission(everyone), tls('Strict')], { bridge: gateways }),
    );
    expect(other?.way).toContain('Istio to Kong Mesh: TLS by a gateway');
  });

  test('Permissive in one of the meshes is wider than STRICT was', () => {
    const [row] = transport(inPhase('bridged', [strict], [identity, permission(everyone), tls('Permissive')]));
    expect(row).toMatchObject({ verdict: 'wider', after: 'strict in Istio, permissive in Kong Mesh' });
    expect(row?.sentence).toContain('No workload without a sidecar is known.');
  });
});
