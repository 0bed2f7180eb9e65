import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { least, runOnce } from './command.ts';
import { hold } from './held.ts';

const cli = new URL('../apps/cli/bin/isthmus.js', import.meta.url);
const services = 2000;
const callsEach = 5;

const name = (index: number): string => `s${index}.ns${index % 40}`;

/** Who is called by a service: five later ones within reach; every hundredth also closes a circle with one before it. */
function calledBy(index: number): string[] {
  const reach = Math.min(400, services - 1 - index);
  const later =
    reach === 0 ? [] : Array.from({ length: callsEach }, (_, call) => index + 1 + ((index * 31 + call * 97) % reach));
  const circle = index % 100 === 50 ? [index - 7] : index % 100 === 43 ? [index + 7] : [];
  return [...later, ...circle].map(name);
}

function manifests(): string {
  return Array.from({ length: services }, (_, index) => {
    const called = calledBy(index);
    const env = called.map((host, call) => `{name: HOST_${call}, value: "http://${host}:80"}`).join(', ');
    const place = `metadata: {name: s${index}, namespace: ns${index % 40}}`;
    return `apiVersion: v1
kind: Service
${place}
spec: {selector: {app: s${index}}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
${place}
spec: {template: {metadata: {labels: {app: s${index}}}, spec: {containers: [{name: app, env: [${env}]}]}}}
---
`;
  }).join('');
}

/** `isthmus plan` end to end: 2,000 services with 10,000 calls are read, their graph made, and planned with limits. */
export function benchPlan(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-bench-'));
  try {
    const file = join(folder, 'estate.yaml');
    writeFileSync(file, manifests());
    const { seconds } = least(
      [1, 2].map(() => runOnce(cli, ['plan', file, '--most', '20', '--one-namespace'], [0, 1])),
    );
    return hold({ what: '2,000 services with 10,000 calls read and planned', measured: seconds, limit: 5, unit: 's' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
