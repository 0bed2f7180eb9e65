import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { least, runOnce } from './command.ts';
import { hold } from './held.ts';

const cli = new URL('../apps/cli/bin/isthmus.js', import.meta.url);
const services = 2000;
const callsEach = 5;

/** Services with workloads that name five others each, mostly later ones; every hundredth closes a circle. */
function manifests(): string {
  const name = (index: number): string => `s${index % services}.ns${(index % services) % 40}`;
  return Array.from({ length: services }, (_, index) => {
    const called = Array.from({ length: callsEach }, (_, call) =>
      name(index % 100 === 0 && call === 0 ? index + services - 7 : index + 1 + ((index * 31 + call * 97) % 400)),
    );
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
