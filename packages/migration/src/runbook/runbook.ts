import type { ResourceForm } from '@isthmus/kong-mesh';
import { type Drawing, drawBridge } from '../bridge/diagram.ts';
import type { BridgeFacts } from '../bridge/facts.ts';
import { phasesAt, type Stage, stagesOfWave, type WaveOf } from '../bridge/stages.ts';
import type { WaveDay } from '../waves/calendar.ts';
import type { Command } from './command.ts';
import { type StageSteps, stageFolder, stepsOfStage } from './steps.ts';

/** Everything that a person who moves a wave needs, in order. */
export interface Runbook {
  readonly wave: number;
  readonly waves: number;
  readonly services: readonly string[];
  readonly namespaces: readonly string[];
  readonly day?: WaveDay;
  readonly topology: BridgeFacts['input']['settings']['topology'];
  /** How what Kong Mesh reads is written, and which commands apply it. */
  readonly form: ResourceForm;
  readonly stages: readonly (StageSteps &
    Pick<Stage, 'title' | 'phase' | 'ways'> & {
      readonly folder: string;
      readonly added: number;
      readonly changed: number;
      readonly removed: number;
    })[];
  /** The architecture while the wave runs in both meshes, as a Mermaid flowchart, as what is drawn, and in words. */
  readonly diagram: { readonly mermaid: string; readonly drawing: Drawing; readonly description: string };
}

/** The runbook of a wave, with the commands of a form. */
export function runbookOf(
  facts: BridgeFacts,
  waves: WaveOf,
  wave: number,
  day: WaveDay | undefined,
  form: ResourceForm,
  stages: readonly Stage[] = stagesOfWave(facts, waves, wave),
): Runbook {
  const services = [...waves].flatMap(([id, own]) => (own === wave ? [id] : [])).sort();
  const { estate, names, settings, graph } = facts.input;
  const staying = [...facts.services.keys()].filter((id) => !waves.has(id)).length;
  const shared = stages.find(({ id }) => id === 'apply');
  const { mermaid, drawing, description } = drawBridge(estate, phasesAt(facts, waves, wave, shared), {
    clusterDomain: names.clusterDomain,
    rootNamespace: names.rootNamespace,
    graph,
    ways: shared?.ways ?? [],
  });
  return {
    wave,
    waves: Math.max(0, ...waves.values()),
    services,
    namespaces: [...new Set(services.flatMap((id) => facts.services.get(id)?.namespace ?? []))].sort(),
    ...(day === undefined ? {} : { day }),
    topology: settings.topology,
    form,
    stages: stages.map((stage, index) => {
      const folder = stageFolder(wave, index, stage.id);
      const { added, changed, removed } = stage.changes;
      return {
        ...stepsOfStage(facts, stage, services, folder, form, staying),
        title: stage.title,
        phase: stage.phase,
        ways: stage.ways.filter(({ from, to }) => services.includes(from) || services.includes(to)),
        folder,
        added: added.length,
        changed: changed.length,
        removed: removed.length,
      };
    }),
    diagram: { mermaid, drawing, description },
  };
}

/** Names of users may hold what means something in Markdown. */
const escaped = (text: string): string => text.replace(/[\\`*_{}[\]<>|]/g, '\\$&');

function* commandLines(commands: readonly Command[]): Generator<string> {
  if (commands.length === 0) return;
  yield '```sh';
  for (const { text, why, cluster } of commands) {
    const notes = [cluster === undefined ? '' : `cluster of ${cluster === 'istio' ? 'Istio' : 'Kong Mesh'}`, why ?? ''];
    const note = notes.filter((one) => one !== '').join('; ');
    if (note !== '') yield `# ${note.replaceAll('\n', ' ')}`;
    yield text;
  }
  yield '```';
  yield '';
}

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

/** Which clusters there are, in a sentence. */
export const topologyInWords: Readonly<Record<Runbook['topology'], string>> = {
  'same-cluster':
    'Both meshes run in one cluster: pods are opted in one by one, and no namespace changes before its last service.',
  'separate-clusters': 'Each mesh has a cluster of its own: commands name the one that they are for.',
};

/** What goes where, in a sentence. */
export const formInWords: Readonly<Record<ResourceForm, string>> = {
  kubernetes: 'Resources of Kong Mesh are objects of Kubernetes.',
  universal:
    'Resources of Kong Mesh are in Universal form, for a global control plane: kumactl, configured for it, applies files whose names end in -kumactl.yaml. Everything else exists on Kubernetes only: kubectl applies files whose names end in -kubectl.yaml in the clusters.',
};

/** The day of a wave, and why it is not an earlier one. */
export const dayInWords = ({ day, behind }: WaveDay): string =>
  `Planned for ${day}${behind.length === 0 ? '' : `, behind ${behind.map(({ from, to, reason }) => `the freeze from ${from} to ${to} (${reason})`).join(' and ')}`}.`;

function* lines(runbook: Runbook): Generator<string> {
  const { wave, waves, services, namespaces, day, stages, diagram, topology, form } = runbook;
  yield `# Wave ${wave} of ${waves}`;
  yield '';
  yield `${counted(services.length, 'service')} of ${namespaces.map(escaped).join(', ')}.${day === undefined ? '' : ` ${escaped(dayInWords(day))}`} ${topologyInWords[topology]} ${formInWords[form]}`;
  yield '';
  for (const service of services) yield `- ${escaped(service)}`;
  yield '';
  yield '```mermaid';
  yield diagram.mermaid.trimEnd();
  yield '```';
  yield '';
  yield escaped(diagram.description);
  yield '';
  for (const [index, stage] of stages.entries()) {
    yield `## ${index + 1}. ${stage.title}`;
    yield '';
    yield `Files: \`${stage.folder}\` (${counted(stage.added, 'object')} added, ${stage.changed} changed, ${stage.removed} removed). Affected: ${stage.affected.length === 0 ? 'no service' : stage.affected.map(escaped).join(', ')}.`;
    yield '';
    yield `**${stage.safeToStop ? 'Safe to stop here' : 'Do not stop here'}**: ${escaped(stage.stop)}`;
    yield '';
    if (stage.ways.length > 0) {
      yield 'Calls that cross between the meshes:';
      yield '';
      for (const way of stage.ways) {
        yield `- ${escaped(way.sentence)}${way.reason === undefined ? '' : ` ${escaped(way.reason)}`}`;
        for (const caution of way.cautions) yield `  - ${escaped(caution)}`;
      }
      yield '';
    }
    for (const step of stage.steps) {
      yield `### ${step.title}`;
      yield '';
      yield step.why;
      yield '';
      yield* commandLines(step.commands);
      if (step.verify.length > 0) {
        yield 'Verify:';
        yield '';
        yield* commandLines(step.verify);
      }
      if (step.rollback.length > 0) {
        yield 'Go back:';
        yield '';
        yield* commandLines(step.rollback);
      }
    }
  }
}

/** A runbook as Markdown. */
export const renderRunbook = (runbook: Runbook): string => `${[...lines(runbook)].join('\n').trimEnd()}\n`;
