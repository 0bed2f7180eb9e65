import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { takeIn } from '@isthmus/istio';
import { type TargetVersion, targetVersions } from '@isthmus/kong-mesh';
import { type Json, type JsonObject, parseYaml, readManifest, writeYamlDocuments } from '@isthmus/kubernetes';
import { checkGolden, goldenCases } from '@isthmus/testkit';
import { defaultSettings, translate } from '@isthmus/translation';
import { test } from 'vitest';
import {
  bridgeFacts,
  bridgeState,
  closedWays,
  concerns,
  crossingWays,
  defaultBridgeSettings,
  type Progress,
  progressOfPhase,
  serviceGraph,
  servicesOf,
  type Topology,
} from '../index.ts';

interface Case {
  readonly topology: Topology;
  readonly phases: Readonly<Record<string, string>>;
  readonly share?: number;
}

/** What stands in every state, and has tests of its own. */
const isCommon = ({ kind, metadata }: JsonObject): boolean => {
  const { name = '' } = metadata as { name?: string };
  return (
    ['Namespace', 'ServiceAccount', 'Deployment', 'StatefulSet', 'MeshIdentity', 'MeshTrust', 'Mesh'].includes(
      String(kind),
    ) || /^(?:from-kong|isthmus-bridge(?:-ports)?)$/.test(name)
  );
};

/** What a person needs to see of a state: what differs from the import by cluster, the ways of calls, and what keeps gates shut. */
function outcome(input: string, target: TargetVersion): Json {
  const [settingsOfCase] = parseYaml(readFileSync(join(dirname(input), 'settings.yaml'), 'utf8'));
  if (settingsOfCase === undefined) throw new Error(`${input} has no settings`);
  const { topology, phases, share = 0 } = settingsOfCase.value as unknown as Case;
  const estate = takeIn([readManifest('input.yaml', readFileSync(input))]);
  // The policies for the defaults would stand in every case; they have cases of their own.
  const settings = { ...defaultSettings, complete: true, defaults: 'adopt', target } as const;
  const { emitted } = translate(estate, settings);
  const facts = bridgeFacts({
    estate,
    graph: serviceGraph(estate, settings),
    emitted,
    concerns: concerns(estate, servicesOf(estate), settings.clusterDomain),
    names: settings,
    settings: { ...defaultBridgeSettings, topology },
  });
  const progressOf = (id: string): Progress => progressOfPhase(phases[id] ?? 'discovered', share);
  const translated = new Set<unknown>(emitted.map(({ object }) => object));
  const placed = [...bridgeState(facts, progressOf).values()].flatMap((one) =>
    one === undefined || isCommon(one.object) || translated.has(one.object) ? [] : [one],
  );
  return {
    target,
    ways: crossingWays(facts, progressOf).map(({ sentence, kind, reason = '', hosts, cautions }) => ({
      [`${kind}: ${sentence}`]: { ...(reason === '' ? {} : { reason }), hosts: [...hosts], cautions: [...cautions] },
    })),
    shut: Object.fromEntries(
      Object.keys(phases).map((id) => [
        `${id} moved`,
        closedWays(facts, id, (other) => (other === id ? progressOfPhase('migrated') : progressOf(other))).map(
          ({ text }) => text,
        ),
      ]),
    ),
    objects: placed.map(({ cluster, object }) => ({ [cluster]: object })),
  };
}

const versionsOf = (input: string): readonly TargetVersion[] => {
  const texts = targetVersions.map((version) => JSON.stringify({ ...(outcome(input, version) as object), target: '' }));
  return targetVersions.filter((_, index) => texts.indexOf(texts[index] as string) === index);
};

// A version stands in the expectation only where its outcome is another than that of an earlier one.
test.each(goldenCases(fileURLToPath(new URL('./golden/', import.meta.url))))('$name', ({ input, expected }) => {
  checkGolden(expected, writeYamlDocuments(versionsOf(input).map((version) => outcome(input, version))));
});
