import type { ResourceForm } from '@isthmus/kong-mesh';
import type { BridgeFacts } from '../bridge/facts.ts';
import type { Topology } from '../bridge/settings.ts';
import { stagesOfWave, type WaveOf } from '../bridge/stages.ts';
import type { WaveDay } from '../waves/calendar.ts';
import { type BundleFile, manifestsOf, rollbackOf } from './manifests.ts';
import { movesBack, movesOf } from './moves.ts';
import { writtenIn } from './portions.ts';
import { dayInWords, formInWords, renderRunbook, runbookOf, topologyInWords } from './runbook.ts';
import { renderRunbookPage } from './runbook-page.ts';
import { stageFolder, waveFolder } from './steps.ts';

export type { BundleFile } from './manifests.ts';

/** The runbook of a wave and, stage by stage, what is applied and what takes it back. */
export function* planFiles(
  facts: BridgeFacts,
  waves: WaveOf,
  wave: number,
  day: WaveDay | undefined,
  form: ResourceForm,
): Generator<BundleFile> {
  const stages = stagesOfWave(facts, waves, wave);
  const runbook = runbookOf(facts, waves, wave, day, form, stages);
  const how = writtenIn(facts, form);
  yield { path: `${waveFolder(wave)}/runbook.md`, text: renderRunbook(runbook) };
  yield { path: `${waveFolder(wave)}/runbook.html`, text: renderRunbookPage(runbook) };
  for (const [index, stage] of stages.entries()) {
    const folder = stageFolder(wave, index, stage.id);
    yield* manifestsOf(movesOf(stage.changes, how), folder, how);
    yield* rollbackOf(movesBack(stage.rollback, how), `${folder}/rollback`);
  }
}

const foldersInWords: Readonly<Record<ResourceForm, string>> = {
  kubernetes:
    'Each wave has a runbook and a folder for each of its stages: what it applies, waits for and deletes, in the order of the runbook, and `rollback/rollback.sh`, which takes the clusters back to where the wave found them.',
  universal:
    'Each wave has a runbook and a folder for each of its stages: numbered files to be applied in that order, `wait.sh` where pods start, `delete.sh` where something goes, and `rollback/rollback.sh`, which takes clusters and control plane back to where the wave found them.',
};

/** What whoever applies files of this form has to know beforehand; nothing of the form of Kubernetes. */
const beforehand: Readonly<Record<ResourceForm, readonly string[]>> = {
  kubernetes: [],
  universal: [
    'Configure kumactl for the global control plane first (`kumactl config control-planes add …`), and give it no variables (`-v`): it would take the template of a MeshIdentity for some of its own. A global control plane hands policies to all its zones: those that select proxies by labels, permissions, MeshTLS and identities name the zone; timeouts, retries and the like for the whole mesh hold in every zone. Namespaces stand in front of names: `shop.pay` is `pay` of namespace shop.',
    '',
    'A migration stays in the form that it began in: what was applied in one is not found by the files of the other.',
    '',
  ],
};

/**
 * The bundle of a whole plan: a runbook for each wave, and for each of its stages the manifests and the way back.
 * @param days one for each wave, or none
 * @param sentence what the plan comes to
 * @param form how resources of Kong Mesh are written
 */
export function* planBundle(
  facts: BridgeFacts,
  waves: WaveOf,
  days: readonly WaveDay[],
  sentence: string,
  form: ResourceForm,
): Generator<BundleFile> {
  const count = Math.max(0, ...waves.values());
  const { topology } = facts.input.settings;
  const members = Map.groupBy([...waves], ([, wave]) => wave);
  const listed = Array.from({ length: count }, (_, index) => {
    const services = (members.get(index + 1) ?? []).map(([id]) => id).sort();
    const day = days[index];
    return `${index + 1}. [Wave ${index + 1}](${waveFolder(index + 1)}/runbook.md): ${services.join(', ')}.${day === undefined ? '' : ` ${dayInWords(day)}`}`;
  });
  const readme = [
    '# Migration plan, made by Isthmus',
    '',
    `${sentence} ${topologyInWords[topology]} ${formInWords[form]}`,
    '',
    foldersInWords[form],
    '',
    ...beforehand[form],
    ...listed,
    '',
  ];
  yield { path: 'README.md', text: `${readme.join('\n').trimEnd()}\n` };
  for (let wave = 1; wave <= count; wave++) yield* planFiles(facts, waves, wave, days[wave - 1], form);
}

/** One of several clusters of Istio, with the bridge as it is planned for it. */
export interface ClusterPart {
  readonly cluster: string;
  readonly facts: BridgeFacts;
}

/**
 * Whether a plan comes in Universal form. A global control plane hands the external services of all bridges between clusters to
 * every zone, and of two with one host one is given up, so that callers of one zone would be led into another's cluster (kuma,
 * pkg/core/resources/apis/hostnamegenerator/hostname/generator.go, `CollisionReason`, 2.13 to 3.0); within a cluster there are none.
 */
export const hasUniversal = (clusters: number, topology: Topology): boolean =>
  clusters < 2 || topology === 'same-cluster';

/** Of the waves of all clusters what moves in one of them. */
export const ownWaves = (facts: BridgeFacts, waves: WaveOf): WaveOf =>
  new Map([...waves].filter(([id]) => facts.services.has(id)));

/** What `planFiles` gives for a wave, in a folder for each of several clusters that take part in it. */
export function* planFilesOfParts(
  parts: readonly ClusterPart[],
  waves: WaveOf,
  wave: number,
  day: WaveDay | undefined,
  form: ResourceForm,
): Generator<BundleFile> {
  for (const part of parts) {
    const own = ownWaves(part.facts, waves);
    if (wave > Math.max(0, ...own.values())) continue;
    for (const { path, text } of planFiles(part.facts, own, wave, day, form))
      yield { path: `cluster=${part.cluster}/${path}`, text };
  }
}

/**
 * The bundles of a plan for several clusters of Istio: a folder for each, whose commands are for that one alone. Waves have the same
 * numbers everywhere, so that a service moves in all its clusters at once.
 */
export function* planBundles(
  parts: readonly ClusterPart[],
  waves: WaveOf,
  days: readonly WaveDay[],
  sentence: string,
  form: ResourceForm,
): Generator<BundleFile> {
  const readme = [
    '# Migration plan, made by Isthmus',
    '',
    `${sentence} Istio runs in ${parts.length} clusters, each of which becomes a zone: its folder holds what is done to it, and its commands are for its own context of kubectl. A wave moves in all of them; calls from one cluster to another are not part of the bridge.`,
    '',
    ...parts.map(({ cluster, facts }) => {
      const count = [...facts.services.keys()].filter((id) => waves.has(id)).length;
      return `- [${cluster}](cluster=${cluster}/README.md): ${count} ${count === 1 ? 'service' : 'services'}`;
    }),
    '',
  ];
  yield { path: 'README.md', text: readme.join('\n') };
  for (const part of parts) {
    const { cluster, facts } = part;
    const own = ownWaves(part.facts, waves);
    const moved = `${own.size} ${own.size === 1 ? 'service moves' : 'services move'} in the cluster ${cluster}.`;
    for (const { path, text } of planBundle(facts, own, days, moved, form))
      yield { path: `cluster=${cluster}/${path}`, text };
  }
}
