import { describe, expect, test } from 'vitest';
import type { Finding } from '../predictions.ts';
import type { Acceptance } from '../verdict-row.ts';
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
} from './access.test-support.ts';
import { verifyAccess, withAccessAcceptances } from './access-row.ts';
import { type AccessRow, answerOf, tallyAccess } from './access-tally.ts';
import { createAccessJudge } from './compare-access.ts';
import type { AccessCase } from './scene.ts';

const judged = (...args: Parameters<typeof caseOf>) => createAccessJudge(caseOf(...args));
const rowsOf = (...args: Parameters<typeof judged>): AccessRow[] => [...verifyAccess(judged(...args))];
const accessTo = (rows: readonly AccessRow[], port = 8443): AccessRow[] =>
  rows.filter((row) => row.aspect === 'access' && row.port === port);
const of = (rows: readonly AccessRow[], verdict: AccessRow['verdict']): string[] =>
  rows.filter((row) => row.verdict === verdict).map(({ sentence }) => sentence);

describe('each verdict', () => {
  test('same: those who may call still may, and nobody else', () => {
    const rows = rowsOf([strict, allowWeb], [identity, permission(web), tls('Strict')]);
    expect(new Set(rows.map(({ verdict }) => verdict))).toEqual(new Set(['same']));
    expect(accessTo(rows).map(({ callers, before, after }) => ({ callers, before, after }))).toContainEqual({
      callers: ['sales/web'],
      before: 'may call',
      after: 'may call',
    });
    expect(answerOf(tallyAccess(rows))).toMatch(/^Nobody can call what they could not before: \d+ pairs the same\.$/);
  });

  test('wider: who could not call before can now', () => {
    const rows = rowsOf([strict, allowWeb], [identity, permission(everyone), tls('Strict')]);
    const [first] = accessTo(rows).filter(({ verdict }) => verdict === 'wider');
    expect(first?.callers).toEqual([
      'passenger/guest',
      'sales/payments',
      'any other account of passenger',
      'any other account of sales',
      'any account of another namespace',
    ]);
    expect(first?.sentence).toBe(
      `\`${own}/ns/passenger/sa/guest\`, \`${own}/ns/sales/sa/payments\`, any other account of passenger and 2 more could not call \`payments.sales:8443\` before and can now.`,
    );
    expect(answerOf(tallyAccess(rows))).toBe(
      '10 pairs of caller and port can call what they could not before: 5 pairs the same.',
    );
  });

  test('wider: only some requests were let through', () => {
    const gets = authorization('rules: [{to: [{operation: {methods: [GET]}}]}]');
    const rows = rowsOf([strict, gets], [identity, permission(everyone), tls('Strict')]);
    expect(of(accessTo(rows), 'wider')).toEqual([
      expect.stringMatching(/^`DELETE \/` by .* was refused at `payments\.sales:8443` before and goes through now\.$/),
    ]);
    // Without HTTP the rule never matches.
    expect(of(accessTo(rows, 9000), 'wider')).toEqual([expect.stringContaining('could not call')]);
  });

  test('wider: bad tokens were refused', () => {
    const tokens = `
apiVersion: security.istio.io/v1
kind: RequestAuthentication
metadata: {name: tokens, namespace: sales}
spec: {jwtRules: [{issuer: https://issuer.example, jwksUri: https://issuer.example/jwks}]}
`;
    const rows = rowsOf([strict, tokens], [identity, permission(everyone), tls('Strict')]);
    expect(of(accessTo(rows), 'wider')).toEqual([
      expect.stringMatching(/^`GET \/` with a forged token by .* goes through now\.$/),
    ]);
    expect(of(accessTo(rows, 9000), 'wider')).toEqual([]);
  });

  test('narrower: who could call cannot now', () => {
    const rows = rowsOf([authentication('PERMISSIVE')], [identity, permission(web), tls('Strict')]);
    expect(of(accessTo(rows), 'wider')).toEqual([]);
    expect(of(accessTo(rows), 'narrower')).toEqual([
      expect.stringContaining(`\`${own}/ns/passenger/sa/guest\``),
      expect.stringContaining('A client without an identity'),
    ]);
    const paths = authorization("rules: [{to: [{operation: {paths: ['/api/*']}}]}]");
    expect(of(accessTo(rowsOf([strict, paths], [identity, tls('Strict')])), 'narrower')).toEqual([
      expect.stringMatching(/could call `payments\.sales:8443` with some requests before and cannot now\.$/),
    ]);
  });

  test('undecided: an external authorizer is asked', () => {
    const custom = authorization('action: CUSTOM, provider: {name: opa}, rules: [{}]');
    const rows = rowsOf([strict, custom], [identity, permission(everyone), tls('Strict')]);
    expect(of(accessTo(rows), 'undecided')).toEqual([
      expect.stringMatching(/: the external authorizer of sales\/payments decides about it in Istio\.$/),
    ]);
    expect(answerOf(tallyAccess(rows))).toMatch(/^Whether somebody can call .* is undecided for \d+ pairs/);
  });

  test('undecided: of a part of an estate it is not known who gives identities', () => {
    const rows = rowsOf([strict, allowWeb], [permission(web)], { complete: false });
    expect(of(accessTo(rows), 'undecided').length).toBeGreaterThan(0);
    expect(of(rows, 'wider')).toEqual([]);
    // Of a whole estate it is: nobody does.
    expect(of(accessTo(rowsOf([strict, allowWeb], [permission(web)])), 'wider').length).toBeGreaterThan(0);
  });
});

test('the start of a name is not the name: whoever else fits a prefix is asked too', () => {
  const sales = authorization('rules: [{from: [{source: {namespaces: [sales]}}]}]');
  const open = `{type: Prefix, value: '${own}/ns/sales'}`;
  const closed = `{type: Prefix, value: '${own}/ns/sales/sa'}`;
  const wider = (match: string): string[] =>
    accessTo(rowsOf([strict, sales], [identity, permission(match), tls('Strict')]))
      .filter(({ verdict }) => verdict === 'wider')
      .flatMap(({ callers }) => callers);
  expect(wider(closed)).toEqual([]);
  expect(wider(open)).toEqual(['salesisthmus/isthmus-other (named by policies only)']);
});

test('plaintext passes every permission, and every client gets in by it', () => {
  const rows = rowsOf([authentication('PERMISSIVE'), allowWeb], [identity, permission(web), tls('Permissive')]);
  const wider = rows.filter(({ verdict }) => verdict === 'wider');
  expect(wider.map(({ callers, port }) => ({ callers, port }))).toEqual([
    // On ports that nothing declares, too.
    { callers: ['a client without an identity'], port: 0 },
    { callers: ['a client without an identity'], port: 8443 },
    { callers: ['a client without an identity'], port: 9000 },
    // No Service sends to it: Kong Mesh hands it through.
    { callers: ['a client without an identity'], port: 9999 },
  ]);
});

test('certificates of Istio are asked about for the bridge, and shown only where they open something', () => {
  const istio = "{type: Prefix, value: 'spiffe://cluster.local/ns/sales'}";
  const rows = rowsOf([strict, allowWeb], [identity, permission(web, istio), tls('Strict')]);
  const bridging = accessTo(rows).filter(({ bridge }) => bridge);
  expect(bridging.map(({ verdict }) => verdict)).toEqual(['wider']);
  expect(bridging[0]?.sentence).toContain('`spiffe://cluster.local/ns/sales/sa/payments`');
});

test('a trust domain that Istio does not accept gets in where Kong Mesh trusts it', () => {
  const partner = "{type: Prefix, value: 'spiffe://partner.example/ns'}";
  const trust = `
apiVersion: kuma.io/v1alpha1
kind: MeshTrust
metadata: {name: partner, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
spec: {trustDomain: partner.example, caBundles: [{type: Pem, pem: {value: root}}]}
`;
  const policies = [identity, permission(partner), tls('Strict')];
  expect(of(accessTo(rowsOf([strict], policies)), 'wider')).toEqual([]);
  expect(of(accessTo(rowsOf([strict], [...policies, trust])), 'wider')).toEqual([
    'A client of the trust domain partner.example could not call `payments.sales:8443` before and can now.',
  ]);
});

describe('transport', () => {
  const transport = (istio: string, kong: string): Pick<AccessRow, 'before' | 'after' | 'verdict'>[] =>
    rowsOf([authentication(istio)], [identity, permission(everyone), tls(kong)])
      .filter(({ aspect, port }) => aspect === 'transport' && port === 8443)
      .map(({ before, after, verdict }) => ({ before, after, verdict }));

  test.each([
    ['STRICT', 'Strict', 'strict', 'strict', 'same'],
    ['STRICT', 'Permissive', 'strict', 'permissive', 'wider'],
    ['PERMISSIVE', 'Strict', 'permissive', 'strict', 'narrower'],
    ['DISABLE', 'Permissive', 'plaintext', 'permissive', 'narrower'],
  ])('%s to %s', (istio, kong, before, after, verdict) => {
    expect(transport(istio, kong)).toEqual([{ before, after, verdict }]);
  });

  test('workloads without a sidecar are named where plaintext ends', () => {
    const bare = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: cron, namespace: sales}
spec:
  template:
    metadata: {labels: {app: cron, sidecar.istio.io/inject: 'false'}}
    spec: {containers: []}
`;
    const sentenceWith = (calls: AccessCase['calls'] = []): string | undefined => {
      const manifests = [authentication('PERMISSIVE'), bare];
      const judge = createAccessJudge({
        ...caseOf(manifests, [identity, permission(everyone), tls('Strict')]),
        calls,
      });
      const rows = [...verifyAccess(judge)].filter(({ aspect }) => aspect === 'transport');
      return of(rows, 'narrower')[0];
    };
    const start = '`payments.sales:8443` demands mTLS now; before, it took plaintext and mTLS.';
    expect(sentenceWith()).toBe(`${start} Without a sidecar these cannot call it any more, if they do: sales/cron.`);
    const detail = 'PAYMENTS names payments.sales';
    expect(sentenceWith([{ from: 'sales/cron', to: 'sales/payments', detail }])).toBe(
      `${start} Without a sidecar these call it, and cannot any more: sales/cron (${detail}).`,
    );
    // A workload with a sidecar calls with a certificate, and another Service is no matter of this one.
    expect(
      sentenceWith([
        { from: 'sales/web', to: 'sales/payments', detail },
        { from: 'sales/cron', to: 'sales/web', detail },
      ]),
    ).toBe(sentenceWith());
  });
});

test('gateways and what no Service sends to are left out, with the reason', () => {
  const gateway = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress, namespace: edge}
spec: {template: {metadata: {labels: {istio: ingressgateway}}, spec: {serviceAccountName: ingress}}}
`;
  expect(judged([gateway], [identity]).leftOut).toEqual([
    { workload: 'edge/ingress', reason: 'a gateway: Kong Gateway takes its place' },
    { workload: 'passenger/guest', reason: 'no Service sends to it' },
    { workload: 'sales/web', reason: 'no Service sends to it' },
  ]);
});

test('the mode of the last inbound opens what nothing declares', () => {
  const ports = `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: payments, namespace: sales}
spec: {selector: {matchLabels: {app: payments}}, mtls: {mode: STRICT}, portLevelMtls: {'9000': {mode: PERMISSIVE}}}
`;
  const exception = `
apiVersion: kuma.io/v1alpha1
kind: MeshTLS
metadata: {name: exception, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
spec:
  targetRef: {kind: Dataplane, labels: {app: payments}, sectionName: '9000'}
  rules: [{default: {mode: Permissive}}]
`;
  const rows = rowsOf([ports], [identity, permission(everyone), tls('Strict'), exception]);
  expect(of(rows, 'wider')).toEqual([
    'A client without an identity could not call `payments.sales` on a port that nothing declares before and can now.',
    'A client without an identity could not call `payments.sales:9999` before and can now.',
  ]);
});

test('certificates of the Mesh itself name no accounts, so that it is undecided who may call', () => {
  const mesh = `
apiVersion: kuma.io/v1alpha1
kind: Mesh
metadata: {name: default}
spec: {mtls: {enabledBackend: ca, backends: [{name: ca, type: builtin}]}}
`;
  const rows = rowsOf([strict, allowWeb], [mesh, permission(web)]);
  expect(of(accessTo(rows), 'undecided')[0]).toMatch(/: certificates of the Mesh's own authority name Services/);
  expect(of(rows, 'wider')).toEqual([]);
});

test('what a cluster makes of a Deployment is compared once, and equal names are told apart', () => {
  const more = `
apiVersion: v1
kind: Pod
metadata: {name: payments-7d9f, namespace: sales, labels: {app: payments, pod-template-hash: 7d9f}}
spec:
  serviceAccountName: payments
  containers: [{name: app, ports: [{containerPort: 8443}, {containerPort: 9000}, {containerPort: 9999}]}]
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: payments, namespace: sales}
spec: {template: {metadata: {labels: {app: payments, tier: db}}, spec: {serviceAccountName: payments}}}
`;
  expect(judged([more], [identity]).servers.map(({ name }) => name)).toEqual(['payments', 'payments (StatefulSet)']);
});

test('policies of Kong Mesh that the import holds already count with those that are emitted', () => {
  const held = permission(everyone).replace('name: payments,', 'name: held,');
  const emitted = [identity, permission(web), tls('Strict')];
  expect(of(accessTo(rowsOf([strict, allowWeb], emitted)), 'wider')).toEqual([]);
  expect(of(accessTo(rowsOf([strict, allowWeb, held], emitted)), 'wider')).toHaveLength(1);
});

describe('what somebody accepted', () => {
  const accept = (rows: readonly AccessRow[], ...accepted: Acceptance[]): AccessRow[] =>
    withAccessAcceptances(rows, accepted).filter((row) => row.accepted !== undefined);
  const base = { service: 'sales/payments', port: 8443, aspect: 'access', reason: 'known' } as const;
  const narrower = rowsOf([authentication('PERMISSIVE')], [identity, permission(web), tls('Strict')]);
  const wider = rowsOf([strict, allowWeb], [identity, permission(everyone), tls('Strict')]);

  test('is a verdict on a port of a workload', () => {
    expect(accept(narrower, base).map(({ port, verdict }) => ({ port, verdict }))).toEqual([
      { port: 8443, verdict: 'narrower' },
      { port: 8443, verdict: 'narrower' },
    ]);
    expect(accept(narrower, { ...base, callers: ['a client without an identity'] })).toHaveLength(1);
    expect(accept(narrower, { ...base, port: 80 })).toEqual([]);
    expect(accept(narrower, { ...base, service: 'sales/web' })).toEqual([]);
    expect(accept(narrower, { ...base, aspect: 'transport' })).toEqual([
      expect.objectContaining({ aspect: 'transport', verdict: 'narrower', accepted: 'known' }),
    ]);
  });

  test('is wider for callers by their names only, and not for those who come to them', () => {
    const callers = wider.find(({ port, verdict }) => port === 8443 && verdict === 'wider')?.callers ?? [];
    expect(accept(wider, base)).toEqual([]);
    expect(accept(wider, { ...base, verdict: 'wider' })).toEqual([]);
    expect(accept(wider, { ...base, verdict: 'wider', callers: callers.slice(1) })).toEqual([]);
    expect(accept(wider, { ...base, verdict: 'wider', callers })).toHaveLength(1);
    const { port: _, ...everywhere } = base;
    const all = withAccessAcceptances(wider, [{ ...everywhere, verdict: 'wider', callers }]);
    expect(answerOf(tallyAccess(all))).toBe(
      'Nobody can call what they could not before, but for what is accepted: 5 pairs the same, 10 accepted.',
    );
    // Taken back it stands against the migration again.
    expect(answerOf(tallyAccess(withAccessAcceptances(all, [])))).toMatch(/^10 pairs of caller and port can call/);
  });
});

describe('findings that foretell', () => {
  const findings: readonly Finding[] = [
    {
      code: 'ISTHMUS-AP-003',
      severity: 'blocker',
      resource: { kind: 'AuthorizationPolicy', namespace: 'sales', name: 'payments' },
    },
    {
      code: 'ISTHMUS-AP-004',
      severity: 'blocker',
      resource: { kind: 'AuthorizationPolicy', namespace: 'sales', name: 'other' },
    },
    {
      code: 'ISTHMUS-PA-003',
      severity: 'warning',
      resource: { kind: 'AuthorizationPolicy', namespace: 'sales', name: 'payments' },
    },
    {
      code: 'ISTHMUS-PA-001',
      severity: 'warning',
      resource: { kind: 'PeerAuthentication', namespace: 'sales', name: 'default' },
    },
    {
      code: 'ISTHMUS-VS-001',
      severity: 'warning',
      resource: { kind: 'VirtualService', namespace: 'sales', name: 'payments' },
    },
    { code: 'ISTHMUS-ID-002', severity: 'warning' },
    { code: 'ISTHMUS-ID-001', severity: 'info' },
  ];
  const judged = createAccessJudge({
    ...caseOf([authentication('PERMISSIVE'), allowWeb], [identity, tls('Strict')]),
    findings,
  });
  const rows = [...verifyAccess(judged)];

  test('are those about the policies that decide, by what they speak of', () => {
    const foretold = rows
      .filter(({ port, verdict }) => port === 8443 && verdict !== 'same')
      .map(({ aspect, callers, predictedBy }) => ({ aspect, callers, predictedBy }));
    expect(foretold).toEqual([
      { aspect: 'access', callers: ['sales/web'], predictedBy: ['ISTHMUS-AP-003', 'ISTHMUS-ID-002'] },
      {
        aspect: 'transport',
        callers: [],
        predictedBy: ['ISTHMUS-ID-002', 'ISTHMUS-PA-001', 'ISTHMUS-PA-003'],
      },
    ]);
    expect(rows.filter(({ verdict, predictedBy }) => verdict === 'same' && predictedBy !== undefined)).toEqual([]);
  });

  test('none is said to be none', () => {
    const bare = createAccessJudge(caseOf([strict, allowWeb], [identity, tls('Strict')]));
    expect([...verifyAccess(bare)].find(({ verdict }) => verdict === 'narrower')?.predictedBy).toEqual([]);
  });
});

describe('changes of proxies that no model follows', () => {
  const patch = (operation: string, value: string, match = '') => `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: change, namespace: sales}
spec:
  workloadSelector: {labels: {app: payments}}
  configPatches: [{applyTo: HTTP_FILTER, match: {context: SIDECAR_INBOUND, ${match}}, patch: {operation: ${operation}, value: ${value}}}]
`;
  const carried = (modification: string) => `
apiVersion: kuma.io/v1alpha1
kind: MeshProxyPatch
metadata: {name: change, namespace: kong-mesh-system, labels: {kuma.io/mesh: default}}
spec:
  targetRef: {kind: Dataplane, labels: {app: payments}}
  default: {appendModifications: [${modification}]}
`;
  const closed = [identity, permission(web), tls('Strict')];
  const verdictsOf = (rows: readonly AccessRow[]) =>
    new Map(accessTo(rows).map(({ after, verdict, reason }) => [after, [verdict, reason?.split(' (')[0]]]));

  test('an authorizer may refuse those who may call, and opens nothing to the others', () => {
    const rows = rowsOf([strict, allowWeb, patch('INSERT_FIRST', '{name: envoy.filters.http.ext_authz}')], closed);
    expect(verdictsOf(rows)).toEqual(
      new Map([
        ['may call', ['undecided', 'EnvoyFilter sales/change spec.configPatches[0]']],
        ['refused', ['same', undefined]],
      ]),
    );
  });

  test("what is taken away of Istio's own checks may let in anybody", () => {
    const match =
      'listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager, subFilter: {name: envoy.filters.http.rbac}}}}';
    const rows = rowsOf([strict, allowWeb, patch('REMOVE', '{}', match)], closed);
    expect(new Set(accessTo(rows).map(({ verdict }) => verdict))).toEqual(new Set(['undecided']));
  });

  test('so may a MeshProxyPatch, which also makes narrower what it refuses', () => {
    const refusing = carried(
      "{httpFilter: {operation: AddFirst, match: {origin: inbound}, value: '{name: envoy.filters.http.lua}'}}",
    );
    expect(verdictsOf(rowsOf([strict, allowWeb], [...closed, refusing]))).toEqual(
      new Map([
        [
          'may call',
          [
            'undecided',
            'the model does not follow MeshProxyPatch kong-mesh-system/change spec.default.appendModifications[0]: it may change who gets in',
          ],
        ],
        ['refused', ['same', undefined]],
      ]),
    );
    const opening = carried(
      '{httpFilter: {operation: Remove, match: {origin: inbound, name: envoy.filters.http.rbac}}}',
    );
    const rows = rowsOf([strict, allowWeb], [...closed, opening]);
    expect(new Set(accessTo(rows).map(({ verdict }) => verdict))).toEqual(new Set(['undecided']));
  });

  test('limits, and settings that ask nobody, change no verdict', () => {
    const limit = patch('INSERT_FIRST', '{name: envoy.filters.http.local_ratelimit}');
    const setting = carried(
      "{networkFilter: {operation: Patch, match: {origin: inbound, name: envoy.filters.network.http_connection_manager}, value: '{server_name: x}'}}",
    );
    const rows = rowsOf([strict, allowWeb, limit], [...closed, setting]);
    expect(new Set(accessTo(rows).map(({ verdict }) => verdict))).toEqual(new Set(['same']));
  });
});

describe('policies that Istio does not read', () => {
  const selecting = `
apiVersion: v1
kind: ConfigMap
metadata: {name: istio, namespace: istio-system}
data: {mesh: 'discoverySelectors: [{matchLabels: {seen: "yes"}}]'}
---
apiVersion: v1
kind: Namespace
metadata: {name: istio-system, labels: {seen: "yes"}}
`;
  const hidden = '{apiVersion: v1, kind: Namespace, metadata: {name: sales}}';
  const seen = '{apiVersion: v1, kind: Namespace, metadata: {name: sales, labels: {seen: "yes"}}}';
  const ofRoot = (kind: string, spec: string): string =>
    `{apiVersion: security.istio.io/v1, kind: ${kind}, metadata: {name: root, namespace: istio-system}, spec: ${spec}}`;
  const strictRoot = ofRoot('PeerAuthentication', '{mtls: {mode: STRICT}}');
  const permitting = [identity, permission(web), tls('Strict')];

  test('let nobody in whom those of the root namespace refuse', () => {
    const closed = [selecting, strictRoot, ofRoot('AuthorizationPolicy', '{}'), allowWeb];
    const callersOf = (space: string) =>
      accessTo(rowsOf([...closed, space], permitting))
        .filter(({ verdict }) => verdict === 'wider')
        .flatMap(({ callers }) => callers);
    expect(callersOf(hidden)).toEqual(['sales/web']);
    expect(callersOf(seen)).toEqual([]);
  });

  test('refuse nobody', () => {
    const verdicts = (space: string) =>
      new Set(accessTo(rowsOf([selecting, strictRoot, allowWeb, space], permitting)).map(({ verdict }) => verdict));
    expect(verdicts(seen)).toEqual(new Set(['same']));
    expect(verdicts(hidden)).toEqual(new Set(['same', 'narrower']));
    const modes = (space: string) =>
      rowsOf([selecting, strict, space], [identity, permission(everyone), tls('Permissive')]).filter(
        ({ aspect, verdict }) => aspect === 'transport' && verdict === 'wider',
      ).length;
    expect([modes(seen) > 0, modes(hidden)]).toEqual([true, 0]);
  });

  test('nor do Services there declare what a port speaks', () => {
    const protocolsOf = (space: string) =>
      judged([selecting, space], []).servers.flatMap(({ protocols }) => [...protocols]);
    expect(protocolsOf(seen)).toEqual([
      [8443, 'http'],
      [9000, 'tcp'],
    ]);
    expect(protocolsOf(hidden)).toEqual([
      [8443, 'detected'],
      [9000, 'detected'],
    ]);
  });
});
