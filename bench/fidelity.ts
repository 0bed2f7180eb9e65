// `npm run bench:fidelity [-- FILE…]`: translates the estates of the recorded decisions of Istio with the defaults for 2.14 and
// asks both models what becomes of each recorded request. Prints the share that goes the same way and what the rest lost, by
// cause; exits 1 where less than nine in ten do, or where a request is lost without a diagnostic of its estate.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { type Client, type Decision, evaluate, type Request } from '@isthmus/behavior';
import { compareDecisions, meshAfter } from '@isthmus/equivalence';
import { compileRouteTable, type EffectiveConfig, effectiveConfig, receivedPath, takeIn } from '@isthmus/istio';
import type { KongMeshBehavior } from '@isthmus/kong-mesh';
import { readManifest } from '@isthmus/kubernetes';
import { defaultSettings, type Translation, translate } from '@isthmus/translation';

interface Recorded {
  readonly id: string;
  readonly client: Client;
  readonly resources: string;
  readonly requests: readonly {
    readonly method: string;
    readonly host: string;
    readonly port: number;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
  }[];
}

/** What a request lost. */
interface Loss {
  readonly id: string;
  readonly request: string;
  readonly what: string;
  /** Codes of the estate that predict a difference. */
  readonly codes: readonly string[];
}

/** What counts: where a request goes and what it looks like there, or the answer. */
const compared: ReadonlySet<string> = new Set([
  'kind',
  'destinations',
  'path',
  'authority',
  'request headers',
  'response headers',
  'redirect',
  'response',
]);
const wanted = 0.9;
const { target: version, mesh, systemNamespace, clusterDomain } = defaultSettings;

/** The Service that a client's DNS finds under a name, with the port of it that is dialled. */
function dialled(
  config: EffectiveConfig,
  client: Client,
  host: string,
): { namespace: string; name: string } | undefined {
  const name = host.replace(/:\d+$/, '').replace(/\.$/, '').toLowerCase();
  const byAddress = config.registry.all.find(({ addresses }) => addresses.includes(name));
  if (byAddress?.registry === 'kubernetes') return { namespace: byAddress.namespace, name: byAddress.resource.name };
  const parts = name.endsWith(`.svc.${clusterDomain}`)
    ? name.slice(0, -`.svc.${clusterDomain}`.length)
    : name.replace(/\.svc$/, '');
  const [service = '', namespace = client.namespace, ...rest] = parts.split('.');
  return rest.length === 0 && config.registry.services.get(namespace, service) !== undefined
    ? { namespace, name: service }
    : undefined;
}

/** Emitted Services for labels that no workload of the estate can have: their proxies answer 503. */
const noEndpoints = 'isthmus/no-endpoints';

/** What a decision comes to where nobody is behind a destination. */
function settled(decision: Decision): Decision {
  if (decision.kind === 'no listener') return { kind: 'passthrough' };
  if (decision.kind !== 'forward') return decision;
  return {
    ...decision,
    destinations: decision.destinations.map((one) => {
      const { endpoints } = one.destination;
      return endpoints.kind === 'workloads' && endpoints.labels[noEndpoints] !== undefined
        ? { ...one, destination: { ...one.destination, endpoints: { kind: 'none', reason: 'no endpoints' } } }
        : one;
    }),
  };
}

/** Findings that say that requests go another way. */
const predicting = (translation: Translation): string[] => [
  ...new Set(
    translation.diagnostics
      .filter(({ code, severity }) => severity !== 'info' && /^ISTHMUS-(?:VS|DR|MC)-/.test(code))
      .map(({ code }) => code),
  ),
];

function* lossesOf(recorded: Recorded): Generator<Loss | undefined> {
  const estate = takeIn([readManifest(`${recorded.id}.yaml`, new TextEncoder().encode(recorded.resources))]);
  const translation = translate(estate, defaultSettings);
  const config = effectiveConfig(estate);
  const after: KongMeshBehavior = meshAfter(estate, translation.emitted, { version, mesh, systemNamespace });
  const codes = predicting(translation);
  for (const { method, host, port, path, headers } of recorded.requests) {
    const received = receivedPath(config.mesh, path);
    if (received === undefined) {
      yield undefined;
      continue;
    }
    const request: Request = {
      method,
      authority: host,
      path: received,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value]])),
    };
    const before = evaluate(compileRouteTable(config, recorded.client, port), request).decision;
    const service = dialled(config, recorded.client, host);
    const there: Decision =
      service === undefined
        ? { kind: 'passthrough' }
        : evaluate(after.routeTable(recorded.client, service, port), request).decision;
    const exact = { exact: request.path.split('?')[0] ?? '', prefix: '/' };
    const { differences, undecided } = compareDecisions(settled(before), settled(there), exact, request);
    const lost = differences.filter(({ aspect, what }) => aspect === 'routing' && compared.has(what));
    const what = [
      ...lost.map((one) => `${one.what}: ${one.before} → ${one.after}`),
      ...undecided.filter(({ aspect }) => aspect === 'routing').map(({ reason }) => `undecided: ${reason}`),
    ].join('; ');
    yield what === ''
      ? undefined
      : { id: recorded.id, request: `${method} ${host}:${port}${path} ${JSON.stringify(headers)}`, what, codes };
  }
}

const files = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const shown = process.argv.includes('--all');
const standard = fileURLToPath(new URL('../conformance/istio-routing.jsonl.gz', import.meta.url));
const read = (file: string): string => {
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
};

let total = 0;
const losses: Loss[] = [];
for (const file of files.length === 0 ? [standard] : files)
  for (const line of read(file).trim().split('\n'))
    for (const loss of lossesOf(JSON.parse(line) as Recorded)) {
      total++;
      if (loss !== undefined) losses.push(loss);
    }

const same = total - losses.length;
console.log(`${same} of ${total} recorded requests go the same way: ${((100 * same) / total).toFixed(1)} %.`);
const byCause = Map.groupBy(losses, ({ codes }) => codes.join(' '));
for (const [cause, some] of [...byCause].sort(([, a], [, b]) => b.length - a.length))
  console.log(`  ${String(some.length).padStart(5)} with ${cause || 'no diagnostic'}`);
const unpredicted = losses.filter(({ codes }) => codes.length === 0);
for (const { id, request, what } of shown ? losses : unpredicted) console.log(`${id} ${request}\n    ${what}`);
if (unpredicted.length > 0)
  console.error(`${unpredicted.length} of them are lost without a diagnostic of their estate.`);
if (same / total < wanted || unpredicted.length > 0) process.exitCode = 1;
