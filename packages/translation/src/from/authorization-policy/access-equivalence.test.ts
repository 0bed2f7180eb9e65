import { accessInPhase, createAccessJudge, verifyAccess } from '@isthmus/equivalence';
import type { AccessRow } from '@isthmus/equivalence/tallies';
import { takeIn } from '@isthmus/istio';
import { isMap, type Json, type JsonObject } from '@isthmus/kubernetes';
import {
  arbitraryAuthorizationPolicy,
  arbitraryPeerAuthentication,
  asResources,
  type Manifest,
  manifest,
} from '@isthmus/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defaultSettings } from '../../settings.ts';
import { translate } from '../../translate.ts';
import type { Translation } from '../../translation.ts';

// The translation against the judge of packages/equivalence, which compiles both meshes by their own models.

/** Sets of policies for a property; more with `ISTHMUS_ESTATES`. A failure prints the seed that draws the set again. */
const runs = Number(process.env.ISTHMUS_ESTATES ?? 250);

const trustDomain = 'kongair.internal';
const root = 'istio-system';
const apps = ['sales', 'passenger'].flatMap((namespace) =>
  ['flights', 'seats', 'web'].map((app) => ({ namespace, app })),
);
const estate: readonly Manifest[] = [
  ...apps.map(({ namespace, app }) =>
    manifest(
      'apps/v1',
      'Deployment',
      { name: app, namespace },
      {
        template: {
          metadata: { labels: { app } },
          spec: {
            serviceAccountName: app,
            containers: [{ name: 'app', ports: [{ name: 'http', containerPort: 8080 }, { containerPort: 9090 }] }],
          },
        },
      },
    ),
  ),
  ...apps.map(({ namespace, app }) =>
    manifest(
      'v1',
      'Service',
      { name: app, namespace },
      {
        selector: { app },
        ports: [
          { name: 'http', port: 80, targetPort: 8080 },
          { name: 'tcp', port: 9090 },
        ],
      },
    ),
  ),
  {
    ...manifest('v1', 'ConfigMap', { name: 'istio', namespace: root }),
    data: { mesh: `trustDomain: ${trustDomain}\ntrustDomainAliases: [cluster.local]\n` },
  },
];

/** Where the whole mesh demands mTLS, exceptions for ports stand out. */
const strict = manifest(
  'security.istio.io/v1',
  'PeerAuthentication',
  { name: 'strict', namespace: root },
  { mtls: { mode: 'STRICT' } },
);
const surroundings = { namespaces: ['sales', 'passenger', root], ports: [8080, 9090] };
const arbitrary = fc.record({
  policies: fc.array(arbitraryAuthorizationPolicy(surroundings), { maxLength: 4 }),
  peers: fc
    .tuple(fc.array(arbitraryPeerAuthentication(surroundings), { maxLength: 3 }), fc.boolean())
    .map(([peers, demanded]) => (demanded ? [strict, ...peers] : peers)),
});

function translated(manifests: readonly Manifest[]): Translation {
  const distinct = manifests.map((one, index) => ({ ...one, metadata: { ...one.metadata, name: `p${index}` } }));
  const resources = asResources([...estate, ...distinct]);
  const reading = { file: 'a', documents: 1, resources, unidentified: [], diagnostics: [] };
  return translate(takeIn([reading]), { ...defaultSettings, complete: true });
}

const rowsOf = ({
  estate: taken,
  emitted,
  settings,
}: Pick<Translation, 'estate' | 'emitted' | 'settings'>): AccessRow[] => [
  ...verifyAccess(createAccessJudge({ estate: taken, emitted, settings })),
];

const isExact = ({ ledger, diagnostics }: Translation): boolean =>
  // Where mTLS may be off everyone is denied, with a blocker of its own.
  !diagnostics.some(({ code }) => code === 'ISTHMUS-PA-004') &&
  ledger
    .filter(({ resource }) => resource.kind === 'AuthorizationPolicy' || resource.kind === 'PeerAuthentication')
    .every(({ fields }) => fields.every(({ outcome }) => outcome === 'exact'));

test('access never widens, whatever policies there are, and stays the same where the ledger says exact', {
  timeout: 600_000,
}, () => {
  let narrower = 0;
  let same = 0;
  let exact = 0;
  fc.assert(
    fc.property(arbitrary, ({ policies, peers }) => {
      const translation = translated([...policies, ...peers]);
      const rows = rowsOf(translation);
      expect(rows.filter(({ verdict }) => verdict === 'wider')).toEqual([]);
      narrower += rows.filter(({ verdict }) => verdict === 'narrower').length;
      same += rows.filter(({ verdict }) => verdict === 'same').length;
      if (!isExact(translation)) return;
      exact++;
      // Who has no identity is kept out wherever a policy restricts: plaintext passes every permission.
      const others = rows.filter(
        ({ aspect, verdict, callers }) =>
          aspect === 'access' && verdict !== 'same' && callers.join() !== 'a client without an identity',
      );
      expect(others).toEqual([]);
    }),
    { numRuns: runs },
  );
  // Not because nothing was compared.
  expect(same).toBeGreaterThan(1000);
  expect(narrower).toBeGreaterThan(500);
  expect(exact).toBeGreaterThan(10);
});

/** A state in which every service is in a phase, and callers are in either mesh. */
const inPhase = ({ estate: taken, emitted, settings }: Translation, phase: string): readonly AccessRow[] =>
  accessInPhase({
    estate: taken,
    emitted,
    settings,
    phaseOf: () => phase,
    callers: 'anywhere',
    bridge: { toKong: 'direct', toIstio: 'direct' },
  });

/** Between the meshes calls come in plaintext to whatever takes it, so that nobody knows whom a policy is to keep out. */
const inPlaintext = /^from (Istio to Kong Mesh|Kong Mesh to Istio) in plaintext/;

test('no state between the first and the last widens access, but for calls in plaintext that a finding foretells', {
  timeout: 600_000,
}, () => {
  const counts = { rows: 0, inPlaintext: 0 };
  fc.assert(
    fc.property(arbitrary, fc.constantFrom('discovered', 'bridged', 'migrated'), ({ policies, peers }, phase) => {
      const translation = translated([...policies, ...peers]);
      const rows = inPhase(translation, phase);
      const wider = rows.filter(({ verdict }) => verdict === 'wider');
      expect(wider.filter(({ way = '' }) => !inPlaintext.test(way))).toEqual([]);
      if (!translation.diagnostics.some(({ code }) => code === 'ISTHMUS-PA-017')) expect(wider).toEqual([]);
      counts.rows += rows.length;
      counts.inPlaintext += wider.length;
    }),
    { numRuns: Math.ceil(runs * 0.6) },
  );
  expect(counts.rows).toBeGreaterThan(1000);
  expect(counts.inPlaintext).toBeGreaterThan(0);
});

const map = (value: unknown): JsonObject => (isMap((value ?? null) as Json) ? (value as JsonObject) : {});
const list = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.map(map) : []);

/** What is emitted, with every permission changed in one way. */
function mutated(translation: Translation, change: (rule: JsonObject) => JsonObject | undefined): Translation {
  const emitted = translation.emitted.map((one) => {
    if (one.object.kind !== 'MeshTrafficPermission') return one;
    const spec = map(one.object.spec);
    const rules = list(spec.rules).flatMap((rule) => change(map(rule.default)) ?? []);
    return { ...one, object: { ...one.object, spec: { ...spec, rules: rules.map((conf) => ({ default: conf })) } } };
  });
  return { ...translation, emitted };
}

const policy = (name: string, spec: JsonObject): Manifest =>
  manifest('security.istio.io/v1', 'AuthorizationPolicy', { name, namespace: 'sales' }, spec);
const source = (fields: JsonObject): Json => [{ from: [{ source: fields }] }];
const allowWeb = policy('a', { rules: source({ principals: ['kongair.internal/ns/sales/sa/web'] }) });
const allowSales = policy('a', { rules: source({ namespaces: ['sales'] }) });
const denySeats = policy('a', { action: 'DENY', rules: source({ serviceAccounts: ['sales/seats'] }) });

const prefixes = (conf: JsonObject, change: (match: JsonObject) => JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(conf).map(([key, matches]) => [
      key,
      list(matches).map((match) => ({ spiffeID: change(map(match.spiffeID)) })),
    ]),
  );

const mutants: readonly [string, Manifest, (rule: JsonObject) => JsonObject | undefined][] = [
  ['an account taken for the start of a name', allowWeb, (conf) => prefixes(conf, (id) => ({ ...id, type: 'Prefix' }))],
  [
    'a namespace that is not closed',
    allowSales,
    (conf) => prefixes(conf, (id) => ({ ...id, value: String(id.value).replace(/\/sa$/, '') })),
  ],
  [
    'a namespace that is left out',
    allowSales,
    (conf) => prefixes(conf, (id) => ({ ...id, value: String(id.value).replace(/\/ns\/.*/, '/ns') })),
  ],
  ['a denial that is dropped', denySeats, ({ deny: _, ...conf }) => (Object.keys(conf).length > 0 ? conf : undefined)],
  [
    'another account',
    allowWeb,
    (conf) => prefixes(conf, (id) => ({ ...id, value: String(id.value).replace('web', 'seats') })),
  ],
  ['a list with an empty condition only', allowWeb, () => ({ allow: [{}] })],
];

test.each(mutants)('%s is found to be wider', (_, manifests, change) => {
  const translation = translated([manifests]);
  const wider = (one: Translation): AccessRow[] => rowsOf(one).filter(({ verdict }) => verdict === 'wider');
  expect(wider(translation)).toEqual([]);
  expect(wider(mutated(translation, change)).length).toBeGreaterThan(0);
  for (const phase of ['bridged', 'migrated'])
    expect(inPhase(mutated(translation, change), phase).some(({ verdict }) => verdict === 'wider')).toBe(true);
});
