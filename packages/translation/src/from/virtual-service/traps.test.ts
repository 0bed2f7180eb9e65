import { readFileSync } from 'node:fs';
import { type Client, evaluate, type Request, upstreamOf } from '@isthmus/behavior';
import { describe as inWords, meshAfter, verifyEstate } from '@isthmus/equivalence';
import { compileRouteTable, effectiveConfig, receivedPath, takeIn } from '@isthmus/istio';
import { type Json, type JsonObject, parseYaml, readManifest, writeYamlDocuments } from '@isthmus/kubernetes';
import { checkGolden, goldenCases } from '@isthmus/testkit';
import { describe, test } from 'vitest';
import { defaultSettings } from '../../settings.ts';
import { translate } from '../../translate.ts';

interface Asked {
  readonly method?: string;
  readonly host?: string;
  readonly port?: number;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly client?: Client;
  /** `<name>.<namespace>` of the Service whose address is dialled, where the host names another. */
  readonly dialled?: string;
}

/** A trap of routing.md section 4 or a vector of section 7: `http` stands for a VirtualService of the service `s`. */
interface Case {
  readonly http?: Json;
  readonly tcp?: Json;
  readonly resources?: readonly JsonObject[];
  /** Kong Mesh version; 2.14 where absent. */
  readonly target?: '2.13' | '2.14' | '3.0';
  readonly defaults?: 'keep' | 'adopt';
  readonly requests?: readonly Asked[];
}

const { mesh, systemNamespace, clusterDomain } = defaultSettings;
const service = (name: string, namespace: string, ...ports: JsonObject[]): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { clusterIP: `10.0.0.${name.charCodeAt(0)}`, selector: { app: name }, ports },
});
// `s` has two ports, `m` only one that `s` has not, `t` speaks TCP, `g` gRPC, `h` is headless.
const surroundings: readonly JsonObject[] = [
  service('s', 'b', { name: 'http', port: 80 }, { name: 'http-alt', port: 8080 }),
  service('m', 'b', { name: 'http', port: 7000 }),
  service('r', 'b', { name: 'http', port: 80 }),
  service('t', 'b', { name: 'tcp', port: 9000 }),
  service('u', 'b', { name: 'unnamed', port: 80 }),
  service('g', 'b', { name: 'grpc', port: 80 }),
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'h', namespace: 'b' },
    spec: { clusterIP: 'None', selector: { app: 'h' }, ports: [{ name: 'http', port: 80 }] },
  },
];
const istio = (kind: string, name: string, spec: JsonObject): JsonObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind,
  metadata: { name, namespace: 'b', creationTimestamp: '2025-01-01T00:00:00Z' },
  spec,
});

function resourcesOf({ http, tcp, resources = [] }: Case): JsonObject[] {
  const text = JSON.stringify([http ?? null, resources]);
  const subsets = ['v1', 'v2', 'v3'].flatMap((name) =>
    text.includes(`"subset":"${name}"`) ? [{ name, labels: { version: name } }] : [],
  );
  const rules = [
    ...(http === undefined ? [] : [istio('VirtualService', 's', { hosts: ['s'], http })]),
    ...(tcp === undefined ? [] : [istio('VirtualService', 't', { hosts: ['t'], tcp })]),
  ];
  const hasOwn = resources.some(({ kind, spec }) => kind === 'DestinationRule' && (spec as JsonObject).host === 's');
  const rule = hasOwn || subsets.length === 0 ? [] : [istio('DestinationRule', 's', { host: 's', subsets })];
  return [...surroundings, ...rule, ...rules, ...resources];
}

/** Services that differ in every estate: gRPC, and a port without a protocol. */
const apart = new Set(['g', 'u']);
const apartCodes = new Set(['ISTHMUS-MC-001', 'ISTHMUS-VS-041', 'ISTHMUS-VS-049']);

const shown = new Set([
  'MeshHTTPRoute',
  'MeshTCPRoute',
  'MeshTimeout',
  'MeshRetry',
  'MeshCircuitBreaker',
  'MeshLoadBalancingStrategy',
  'MeshFaultInjection',
  'MeshProxyPatch',
  'Service',
]);

function outcome(input: string): Json {
  const read = parseYaml(readFileSync(input, 'utf8'))[0]?.value as unknown as Case;
  const { target = '2.14', requests = [], defaults = 'keep' } = read;
  const estate = takeIn([readManifest('input.yaml', new TextEncoder().encode(writeYamlDocuments(resourcesOf(read))))]);
  const translation = translate(estate, { ...defaultSettings, complete: true, target, defaults });
  const config = effectiveConfig(estate);
  const after = meshAfter(estate, translation.emitted, { version: target, mesh, systemNamespace });
  const decided = requests.map(
    ({ method = 'GET', host = 's', port = 80, path = '/', headers = {}, client, dialled }) => {
      const asks = client ?? { namespace: 'b', labels: {} };
      const request: Request = {
        method,
        authority: host,
        path: receivedPath(config.mesh, path) ?? path,
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]])),
      };
      const [name = '', namespace = asks.namespace] = (dialled ?? host).toLowerCase().split('.');
      const tables = [compileRouteTable(config, asks, port), after.routeTable(asks, { namespace, name }, port)];
      const [before, then] = tables.map((table) => {
        const { decision } = evaluate(table, request);
        const words = inWords(decision, request);
        if (decision.kind !== 'forward') return words;
        const upstream = upstreamOf(decision, request);
        return upstream.path === request.path && upstream.authority === request.authority
          ? words
          : `${words} as ${upstream.authority}${upstream.path}`;
      });
      const sent = Object.entries(headers)
        .map(([key, value]) => ` ${key}=${value}`)
        .join('');
      const from = client === undefined ? '' : ` from ${JSON.stringify(client)}`;
      const at = dialled === undefined ? '' : ` at the address of ${dialled}`;
      return { [`${method} ${host}:${port}${path}${sent}${at}${from}`]: { istio: before ?? '', kong: then ?? '' } };
    },
  );
  const mentioned = (name: string): boolean => JSON.stringify(read.resources ?? []).includes(`["${name}"]`);
  const verdicts = [...verifyEstate(config, after, { clusterDomain })]
    .filter(({ verdict, name }) => verdict.verdict !== 'same' && (!apart.has(name) || mentioned(name)))
    .map(({ namespace, name, port, clients, aspect, verdict }) => {
      const who = `${namespace}/${name}:${port} ${JSON.stringify(clients.client)} ${aspect}`;
      return verdict.verdict === 'differs'
        ? `${who} differs: ${verdict.counterexample.differences.map((one) => `${one.what}: ${one.before} → ${one.after}`).join('; ')}`
        : `${who} undecided`;
    });
  return {
    requests: Object.assign({}, ...decided) as JsonObject,
    // All others are the same for every request.
    differs: verdicts,
    findings: translation.diagnostics
      .filter(({ code }) => /-(?:VS|DR|MC|SC)-/.test(code) && !apartCodes.has(code))
      .map(({ severity, code, message }) => `${severity} ${code} ${message}`),
    emitted: translation.emitted
      .filter(
        ({ object, role }) =>
          role === 'resource' && shown.has(object.kind) && !object.metadata.name.startsWith('istio-parity'),
      )
      .map(({ object }) => ({ [`${object.kind} ${object.metadata.name}`]: object.spec as Json })),
  };
}

describe('traps and vectors of the reference', () => {
  test.each(goldenCases(new URL('./traps/', import.meta.url)))('$name', ({ input, expected }) => {
    checkGolden(expected, writeYamlDocuments([outcome(input)]));
  });
});
