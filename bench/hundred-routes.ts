import { createJudge } from '@isthmus/equivalence';
import { takeIn } from '@isthmus/istio';
import { type Json, readManifest, writeYamlDocuments } from '@isthmus/kubernetes';
import { resourcesConcerning } from '@isthmus/migration';
import { manifest } from '@isthmus/testkit';
import { defaultSettings, translate } from '@isthmus/translation';
import { hold } from './held.ts';

const routes = 100;

type Match = Readonly<Record<string, Json>>;

/** What routes of large services look at: paths, mostly, some with a header, a query parameter or a method besides. */
const usual = (index: number): Match[] => {
  const path = `/api/v${index % 3}/area-${index}`;
  const shapes: Match[][] = [
    [{ uri: { prefix: `${path}/` } }, { uri: { exact: path } }],
    [{ uri: { prefix: path }, headers: { 'x-version': { exact: String(index % 7) } } }],
    [{ uri: { exact: path }, method: { exact: 'POST' } }],
    [{ uri: { prefix: path }, queryParams: { page: { exact: String(index) } } }],
    [{ uri: { regex: `${path}/[0-9]+` } }],
  ];
  return shapes[index % shapes.length] as Match[];
};

/** Expressions of which each overlaps with many others, and headers that all rules ask for in different ways. */
const entangled = (index: number): Match[] => [
  {
    uri: { regex: `/(?:[a-z]+/)*item-?${index % 10}[0-9]*(?:/.*)?` },
    headers: { 'x-user': { regex: `.*${index}.*` }, 'x-tier': { prefix: String.fromCharCode(97 + (index % 5)) } },
  },
];

/** Processor time of the verdict on one service, in seconds, and the verdict on where its requests go. */
function judge(matchOf: (index: number) => Match[]): { seconds: number; verdict: string } {
  const named = (kind: string, apiVersion: string, spec: Json) =>
    manifest(apiVersion, kind, { name: 'seats', namespace: 'sales' }, spec as never);
  const http = Array.from({ length: routes }, (_, index) => ({
    match: matchOf(index),
    route: [{ destination: { host: index % 2 === 0 ? 'seats' : 'maps' } }],
  }));
  const service = { selector: { app: 'seats' }, ports: [{ name: 'http', port: 80 }] };
  const documents = [
    named('Service', 'v1', service),
    { ...named('Service', 'v1', service), metadata: { name: 'maps', namespace: 'sales' } },
    named('VirtualService', 'networking.istio.io/v1', {
      hosts: ['seats'],
      http: [...http, { route: [{ destination: { host: 'seats' } }] }],
    }),
  ];
  const text = writeYamlDocuments(documents as unknown as Json[]);
  const estate = takeIn([readManifest('estate.yaml', new TextEncoder().encode(text))]);
  const translation = translate(estate, { ...defaultSettings, complete: true });
  const begin = process.cpuUsage();
  const rows = createJudge({
    estate,
    emitted: translation.emitted,
    settings: translation.settings,
    findings: translation.diagnostics,
    concerning: resourcesConcerning(estate, defaultSettings.clusterDomain),
  }).verify('sales/seats', []);
  const { user, system } = process.cpuUsage(begin);
  const verdicts = rows.filter(({ aspect }) => aspect === 'routing').map(({ verdict }) => verdict);
  return { seconds: (user + system) / 1e6, verdict: verdicts.join(', ') };
}

/** The verdict on a service with a hundred routes: usual ones, and ones that are entangled. Processor time of all threads. */
export function benchHundredRoutes(): boolean {
  const shapes = { usual, entangled };
  const held = Object.entries(shapes).map(([shape, matchOf]) => {
    const { seconds, verdict } = judge(matchOf);
    console.log(`  ${routes} ${shape} routes: ${verdict}`);
    return hold({ what: `the verdict on ${routes} ${shape} routes`, measured: seconds, limit: 1, unit: 's' });
  });
  return held.every(Boolean);
}
