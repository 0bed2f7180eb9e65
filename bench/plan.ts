import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { least, runOnce } from './command.ts';
import { hold } from './held.ts';

const cli = new URL('../apps/cli/bin/isthmus.js', import.meta.url);
const callsEach = 5;

const name = (index: number): string => `s${index}.ns${index % 40}`;

/** Who is called by a service of so many: five later ones within reach; every hundredth also closes a circle with one before it. */
function calledBy(index: number, services: number): number[] {
  const reach = Math.min(400, services - 1 - index);
  const later =
    reach === 0 ? [] : Array.from({ length: callsEach }, (_, call) => index + 1 + ((index * 31 + call * 97) % reach));
  const circle = index % 100 === 50 ? [index - 7] : index % 100 === 43 ? [index + 7] : [];
  return [...later, ...circle];
}

/** Services with their calls; with policies each also has routes and rules, and admits its callers alone. */
function manifests(services: number, withPolicies: boolean): string {
  const callers = Array.from({ length: services }, (): number[] => []);
  for (let index = 0; index < services; index++)
    for (const called of calledBy(index, services)) callers[called]?.push(index);
  return callers
    .map((own, index) => {
      const hosts = calledBy(index, services).map(name);
      const env = hosts.map((host, call) => `{name: HOST_${call}, value: "http://${host}:80"}`).join(', ');
      const place = `metadata: {name: s${index}, namespace: ns${index % 40}}`;
      const principals = own.map((from) => `cluster.local/ns/ns${from % 40}/sa/s${from}`).join(', ');
      const istio = (group: string, kind: string, spec: string): string =>
        `---\napiVersion: ${group}.istio.io/v1\nkind: ${kind}\n${place}\nspec: ${spec}\n`;
      return `apiVersion: v1
kind: Service
${place}
spec: {selector: {app: s${index}}, ports: [{port: 80, name: http}]}
---
apiVersion: apps/v1
kind: Deployment
${place}
spec: {template: {metadata: {labels: {app: s${index}}}, spec: {serviceAccountName: s${index}, containers: [{name: app, env: [${env}]}]}}}
${
  withPolicies
    ? [
        istio('networking', 'DestinationRule', `{host: s${index}}`),
        istio(
          'networking',
          'VirtualService',
          `{hosts: [s${index}], http: [{route: [{destination: {host: s${index}}}]}]}`,
        ),
        istio(
          'security',
          'AuthorizationPolicy',
          `{selector: {matchLabels: {app: s${index}}}, rules: [{from: [{source: {principals: [${principals}]}}]}]}`,
        ),
      ].join('')
    : ''
}---
`;
    })
    .join('');
}

/** `isthmus plan` end to end: 2,000 services with 10,000 calls are read, their graph made, and planned with limits. */
function benchOrder(folder: string): boolean {
  const file = join(folder, 'estate.yaml');
  writeFileSync(file, manifests(2000, false));
  const { processorSeconds } = least(
    [1, 2].map(() => runOnce(cli, ['plan', file, '--most', '20', '--one-namespace'], [0, 1])),
  );
  return hold({
    what: '2,000 services with 10,000 calls read and planned, of all processors',
    measured: processorSeconds,
    limit: 5,
    unit: 's',
  });
}

/**
 * Runbooks, manifests and ways back of the same services in three times as many waves: what is worked out for each wave anew, whatever
 * it moves, shows here.
 */
function benchBundle(folder: string): boolean {
  const file = join(folder, 'policies.yaml');
  writeFileSync(file, manifests(500, true));
  const secondsWith = (most: string): number => {
    const out = join(folder, `plan-${most}`);
    return runOnce(cli, ['plan', file, '--complete', '--most', most, '--out', out], [0, 1]).processorSeconds;
  };
  return hold({
    what: 'bundle of 500 services in 108 waves, over the same in 36',
    measured: secondsWith('5') / secondsWith('50'),
    limit: 1.6,
    unit: 'times',
  });
}

export function benchPlan(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-bench-'));
  try {
    return [benchOrder(folder), benchBundle(folder)].every(Boolean);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
