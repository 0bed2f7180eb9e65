import { takeIn } from '@isthmus/istio';
import { type Json, type JsonObject, matchesLabels } from '@isthmus/kubernetes';
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
import { kongInbound } from './kong-inbound.test-support.ts';

// Two evaluators written apart from the translation: Istio's from security.md 2.1 and 2.2, Kong Mesh's from 1.5 and 1.6.

interface Server {
  readonly namespace: string;
  readonly labels: Record<string, string>;
}

interface Call {
  /** `ns/account`; undefined without mTLS. */
  readonly caller: string | undefined;
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly ip: string;
  readonly market: string | undefined;
  readonly token: { readonly principal: string; readonly groups: string } | undefined;
}

interface Policy {
  readonly namespace: string;
  readonly spec: JsonObject;
}

const own = 'kongair.internal';
const alias = 'cluster.local';
const root = 'istio-system';
const sections: Readonly<Record<number, string>> = { 8080: 'http', 9090: '9090' };
const isHttp = (port: number): boolean => port === 8080;

const map = (value: Json | undefined): JsonObject => (value ?? {}) as JsonObject;
const list = (value: Json | undefined): readonly Json[] => (value ?? []) as readonly Json[];
const strings = (value: Json | undefined): string[] => list(value) as string[];

const like = (pattern: string, text: string): boolean =>
  pattern === '*'
    ? text !== ''
    : pattern.startsWith('*')
      ? text.endsWith(pattern.slice(1))
      : pattern.endsWith('*')
        ? text.startsWith(pattern.slice(0, -1))
        : pattern === text;

function principalMatches(pattern: string, caller: string): boolean {
  const [namespace, account] = caller.split('/');
  const id = `${own}/ns/${namespace}/sa/${account}`;
  const parts = pattern.split('/');
  const expanded = parts.length === 5 && [own, alias].includes(parts[0] as string);
  return like(expanded ? [own, ...parts.slice(1)].join('/') : pattern, id);
}

type Field = readonly [httpOnly: boolean, holds: (value: string, call: Call) => boolean];
const withCaller = (match: (value: string, caller: string) => boolean): Field => [
  false,
  (value, { caller }) => caller !== undefined && match(value, caller),
];
const fields: Readonly<Record<string, Field>> = {
  principals: withCaller(principalMatches),
  namespaces: withCaller((value, caller) => caller.startsWith(`${value}/`)),
  ipBlocks: [false, (value, { ip }) => value === '10.0.0.0/8' && ip.startsWith('10.')],
  requestPrincipals: [true, (value, { token }) => token !== undefined && like(value, token.principal)],
  ports: [false, (value, { port }) => value === String(port)],
  methods: [true, (value, { method }) => like(value, method)],
  paths: [true, (value, { path }) => like(value, path)],
  hosts: [true, (value, { host }) => like(value, host)],
  'source.namespace': withCaller((value, caller) => caller.startsWith(`${value}/`)),
  'request.headers[x-market]': [true, (value, { market }) => market === value],
  'request.auth.claims[groups]': [true, (value, { token }) => token?.groups === value],
};

// One rule; on a port that is not HTTP an allowing rule with anything of HTTP never matches, another ignores it.
function ruleMatches(rule: JsonObject, call: Call, allowing: boolean): boolean {
  const constraint = (name: string, values: string[], negated: boolean): boolean | undefined => {
    const [httpOnly, holds] = fields[name] as Field;
    if (httpOnly && !isHttp(call.port)) return allowing ? false : undefined;
    return values.some((value) => holds(value, call)) !== negated;
  };
  const plain = (name: string): string =>
    name.startsWith('not') ? `${name.charAt(3).toLowerCase()}${name.slice(4)}` : name;
  const results = (part: JsonObject): (boolean | undefined)[] =>
    Object.entries(part).map(([name, values]) => constraint(plain(name), strings(values), name !== plain(name)));
  const all = [
    ...list(rule.from).map((one) => map(map(one).source)),
    ...list(rule.to).map((one) => map(map(one).operation)),
  ];
  const when = list(rule.when).flatMap((one) => {
    const { key, values, notValues } = map(one);
    return [
      ...(values === undefined ? [] : [constraint(String(key), strings(values), false)]),
      ...(notValues === undefined ? [] : [constraint(String(key), strings(notValues), true)]),
    ];
  });
  const names = [...all.flatMap(Object.keys).map(plain), ...list(rule.when).map((one) => String(map(one).key))];
  if (allowing && !isHttp(call.port) && names.some((name) => (fields[name] as Field)[0])) return false;
  const any = (parts: readonly Json[], key: string): boolean =>
    parts.length === 0 || parts.some((one) => results(map(map(one)[key])).every((found) => found !== false));
  return any(list(rule.from), 'source') && any(list(rule.to), 'operation') && when.every((found) => found !== false);
}

const isFor = ({ namespace, spec }: Policy, server: Server): boolean =>
  (namespace === root || namespace === server.namespace) &&
  matchesLabels(map(map(spec.selector).matchLabels) as Record<string, string>, server.labels);

// An external authorizer may refuse what it is asked about.
function istioAllows(policies: readonly Policy[], server: Server, call: Call): boolean {
  const active = policies.filter((policy) => isFor(policy, server));
  const matches = ({ spec }: Policy): boolean =>
    list(spec.rules).some((rule) => ruleMatches(map(rule), call, (spec.action ?? 'ALLOW') === 'ALLOW'));
  const of = (action: string): Policy[] => active.filter(({ spec }) => (spec.action ?? 'ALLOW') === action);
  if ([...of('CUSTOM'), ...of('DENY')].some(matches)) return false;
  return of('ALLOW').length === 0 || of('ALLOW').some(matches);
}

function istioMode(peers: readonly (Policy & { name: string })[], server: Server, port: number): string {
  const selective = ({ spec }: Policy): boolean => spec.selector !== undefined;
  const first = (found: typeof peers): Policy | undefined => [...found].sort((a, b) => (a.name < b.name ? -1 : 1))[0];
  const inNamespace = peers.filter(({ namespace }) => namespace === server.namespace && namespace !== root);
  const workload = first(inNamespace.filter((policy) => selective(policy) && isFor(policy, server)));
  const levels = [
    workload,
    first(inNamespace.filter((policy) => !selective(policy))),
    first(peers.filter((policy) => policy.namespace === root && !selective(policy))),
  ];
  const modes = [
    map(map(workload?.spec.portLevelMtls)[String(port)]).mode,
    ...levels.map((policy) => map(policy?.spec.mtls).mode),
  ];
  return String(modes.find((mode) => mode !== undefined && mode !== 'UNSET') ?? 'PERMISSIVE');
}

const deployment = (name: string, namespace: string, labels: Record<string, string>): Manifest =>
  manifest(
    'apps/v1',
    'Deployment',
    { name, namespace },
    {
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          containers: [{ name: 'app', ports: [{ name: 'http', containerPort: 8080 }, { containerPort: 9090 }] }],
        },
      },
    },
  );

const namespaces = ['sales', 'passenger', root];
const servers: readonly Server[] = ['sales', 'passenger'].flatMap((namespace) =>
  ['flights', 'seats', 'web'].map((app): Server => ({ namespace, labels: { app } })),
);
const estate = [
  ...servers.map(({ namespace, labels }) => deployment(labels.app as string, namespace, labels)),
  ...servers.map(({ namespace, labels }) =>
    manifest(
      'v1',
      'Service',
      { name: labels.app as string, namespace },
      { selector: labels, ports: [{ port: 80, targetPort: 8080 }, { port: 9090 }] },
    ),
  ),
  {
    ...manifest('v1', 'ConfigMap', { name: 'istio', namespace: root }),
    data: { mesh: `trustDomain: ${own}\ntrustDomainAliases: [${alias}]\n` },
  },
];

const base: Omit<Call, 'caller' | 'port'> = {
  method: 'GET',
  path: '/api/a',
  host: 'www.example.com',
  ip: '10.1.1.1',
  market: 'ie',
  token: { principal: 'issuer/subject', groups: 'staff' },
};
const requests: readonly Omit<Call, 'caller' | 'port'>[] = [
  base,
  { ...base, method: 'POST', path: '/admin' },
  { ...base, path: '/card', host: 'other', ip: '192.0.2.1', market: undefined, token: undefined },
  { ...base, path: '/healthz', token: undefined },
  { ...base, method: 'DELETE', path: '/x', market: undefined },
];
const callers = ['sales/web', 'sales/guest', 'passenger/web', 'operations/reports', 'elsewhere/web', 'salesroom/web'];

const surroundings = { namespaces, ports: [8080, 9090] };

// Identities and nothing else: what can be carried over meets far more often than in policies of every kind.
const someOf = (...values: string[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
const source = fc.oneof(
  someOf('sales', 'passenger', 'operations').map((namespaces) => ({ namespaces })),
  someOf('sales', 'passenger').map((notNamespaces) => ({ notNamespaces })),
  someOf(`${own}/ns/sales/sa/web`, `${alias}/ns/sales/sa/guest`, '*/sa/web', `${own}/ns/sales/*`).map((principals) => ({
    principals,
  })),
  fc.constant({ namespaces: ['sales'], notPrincipals: [`${own}/ns/sales/sa/guest`] }),
);
const byIdentity = fc
  .record({
    namespace: fc.constantFrom(...namespaces),
    app: fc.option(fc.constantFrom('flights', 'seats'), { nil: undefined }),
    action: fc.constantFrom('ALLOW', 'ALLOW', 'DENY'),
    source,
    ports: fc.option(fc.constantFrom(['8080'], ['9090']), { nil: undefined, freq: 4 }),
  })
  .map(({ namespace, app, action, source: found, ports }) =>
    manifest(
      'security.istio.io/v1',
      'AuthorizationPolicy',
      { name: 'identity', namespace },
      {
        ...(app === undefined ? {} : { selector: { matchLabels: { app } } }),
        action,
        rules: [{ from: [{ source: found }], ...(ports === undefined ? {} : { to: [{ operation: { ports } }] }) }],
      },
    ),
  );
const arbitrary = fc.record({
  policies: fc.array(fc.oneof(arbitraryAuthorizationPolicy(surroundings), byIdentity), { maxLength: 4 }),
  peers: fc.array(arbitraryPeerAuthentication(surroundings), { maxLength: 3 }),
  complete: fc.boolean(),
});

function distinct<T extends Manifest>(manifests: readonly T[]): T[] {
  return manifests.map((one, index) => ({ ...one, metadata: { ...one.metadata, name: `p${index}` } }));
}

const policiesOf = (manifests: readonly Manifest[]): (Policy & { name: string })[] =>
  manifests.map(({ metadata, spec }) => ({
    name: metadata.name,
    namespace: metadata.namespace as string,
    spec: map(spec as Json),
  }));

const translated = (policies: Manifest[], peers: Manifest[], complete: boolean): Translation =>
  translate(
    takeIn([
      {
        file: 'a',
        documents: 1,
        resources: asResources([...estate, ...policies, ...peers]),
        unidentified: [],
        diagnostics: [],
      },
    ]),
    { ...defaultSettings, complete },
  );

test('nobody can call in Kong Mesh whom Istio refuses, drafts applied or not', () => {
  let allowed = 0;
  let same = 0;
  fc.assert(
    fc.property(arbitrary, (drawn) => {
      const policies = distinct(drawn.policies);
      const peers = distinct(drawn.peers);
      const translation = translated(policies, peers, drawn.complete);
      const access = policiesOf(policies);
      const transport = policiesOf(peers);
      const exact =
        drawn.complete &&
        // Where mTLS may be off everyone is denied, with a blocker of its own.
        !translation.diagnostics.some(({ code }) => code === 'ISTHMUS-PA-004') &&
        translation.ledger
          .filter(({ resource }) => resource.kind === 'AuthorizationPolicy')
          .every(({ fields: leaves }) => leaves.every(({ outcome }) => outcome === 'exact'));
      for (const server of servers)
        for (const port of [8080, 9090]) {
          const mode = istioMode(transport, server, port);
          for (const drafts of [false, true]) {
            const inbound = kongInbound(translation, server, sections[port] as string, drafts);
            for (const caller of callers) {
              const [namespace, account] = caller.split('/');
              for (const domain of ['default.default.mesh.local', own]) {
                const id = `spiffe://${domain}/ns/${namespace}/sa/${account}`;
                const kong = inbound.allows(id) && !inbound.denies(id);
                // Without mTLS nobody has an identity in Istio.
                const seen = mode === 'DISABLE' ? undefined : caller;
                const istio = requests.map((request) =>
                  istioAllows(access, server, { ...request, caller: seen, port }),
                );
                if (kong) {
                  allowed++;
                  expect({ server, port, id, drafts, mode, istio }).toMatchObject({ istio: istio.map(() => true) });
                }
                if (exact && mode !== 'DISABLE' && !drafts) {
                  same++;
                  expect({ server, port, id, kong }).toMatchObject({ kong: istio.every(Boolean) });
                }
              }
            }
            if (!inbound.permissive) continue;
            const plaintext = requests.map((request) =>
              istioAllows(access, server, { ...request, caller: undefined, port }),
            );
            expect({ server, port, drafts, mode, plaintext }).toMatchObject({ plaintext: plaintext.map(() => true) });
            expect({ server, port, drafts, mode }).not.toMatchObject({ mode: 'STRICT' });
          }
        }
    }),
    { numRuns: 600 },
  );
  // Not because nothing was allowed at all.
  expect(allowed).toBeGreaterThan(10_000);
  expect(same).toBeGreaterThan(1000);
});
