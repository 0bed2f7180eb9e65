import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takeIn } from '@isthmus/istio';
import { readManifest } from '@isthmus/kubernetes';
import { defaultSettings, translate } from '@isthmus/translation';
import { expect, test } from 'vitest';
import { judgeOf } from './judging.ts';

const sample = fileURLToPath(new URL('../../../examples/kong-air', import.meta.url));
const readings = readdirSync(sample, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
  .sort()
  .map((path) => readManifest(path, readFileSync(path)));
const judge = judgeOf(translate(takeIn(readings), { ...defaultSettings, complete: true }));
const rows = judge.services.flatMap((service) => judge.verify(service, []));

test('the simulator confirms each counterexample of the sample estate, with the same differences', () => {
  const counterexamples = rows.flatMap(({ service, port, aspect, counterexample }) =>
    counterexample === undefined ? [] : [{ service, port, aspect, counterexample }],
  );
  expect(counterexamples.length).toBeGreaterThan(0);
  for (const { service, port, aspect, counterexample } of counterexamples) {
    const [namespace = '', name = ''] = service.split('/');
    const { client, request, before, after, differences } = counterexample;
    const simulation = judge.simulate({ client, service: { namespace, name }, port, request });
    if ('reason' in simulation) throw new Error(`${service}:${port}: ${simulation.reason}`);
    expect([simulation.before.decision, simulation.after.decision]).toEqual([before.decision, after.decision]);
    expect([simulation.before.rule, simulation.after.rule]).toEqual([before.rule, after.rule]);
    const found = simulation.differences.filter((one) => one.aspect === aspect);
    expect(found.map(({ what, before: one, after: other }) => ({ what, before: one, after: other }))).toEqual(
      differences,
    );
  }
});

test('where the sample estate is the same, plain requests are treated alike', () => {
  const same = rows.filter(({ aspect, verdict }) => aspect === 'routing' && verdict === 'same');
  const clients = [
    { namespace: 'sales', labels: {} },
    { namespace: 'passenger', labels: {} },
    { namespace: 'operations', labels: {} },
  ];
  for (const { service, port } of same) {
    const [namespace = '', name = ''] = service.split('/');
    // A service may be the same for some groups of clients only.
    if (
      rows.some(
        (row) => row.service === service && row.port === port && row.aspect === 'routing' && row.verdict !== 'same',
      )
    )
      continue;
    for (const client of clients) {
      for (const path of ['/', '/v1/x?a=1', '/index.html']) {
        const request = { method: 'GET', authority: `${name}.${namespace}`, path, headers: {} };
        const simulation = judge.simulate({ client, service: { namespace, name }, port, request });
        if ('reason' in simulation) throw new Error(simulation.reason);
        // Who knows nothing of the service in Istio was not compared.
        if (simulation.undecided.some((reason) => reason.startsWith('Istio keeps this client from'))) continue;
        const routing = simulation.differences.filter(({ aspect }) => aspect === 'routing');
        expect(routing, `${client.namespace} → ${service}:${port}${path}`).toEqual([]);
      }
    }
  }
});
