import { accessInPhase, createAccessJudge, createJudge, type Judge, verifyAccess } from '@isthmus/equivalence';
import type { AccessRow, VerdictRow } from '@isthmus/equivalence/tallies';
import {
  bridgeFacts,
  concerns,
  defaultBridgeSettings,
  phaseCase,
  resourcesConcerning,
  serviceGraph,
  workloadCalls,
} from '@isthmus/migration';
import type { Translation } from '@isthmus/translation';
import type { Progress } from './progress.ts';

/** Compiles both meshes of a translation for comparison. */
export function judgeOf(translation: Translation): Judge {
  const { estate, emitted, settings, diagnostics } = translation;
  const concerning = resourcesConcerning(estate, settings.clusterDomain);
  return createJudge({ estate, emitted, settings, findings: diagnostics, concerning });
}

/** The verdicts on all services, or on those asked for, service by service. */
export function verdictsOf(
  judge: Judge,
  { accepted }: Translation['settings'],
  progress: Progress,
  wanted: readonly string[] = judge.services,
): readonly VerdictRow[] {
  return wanted.flatMap((service, index) => {
    progress.say(`Comparing … ${index} of ${wanted.length} services`);
    return judge.verify(service, accepted);
  });
}

/** The verdicts on who may call whom, for all workloads or for those that some services send to. */
export function accessOf(
  { estate, emitted, settings, diagnostics }: Translation,
  progress: Progress,
  services?: readonly string[],
): readonly AccessRow[] {
  progress.say('Comparing … who may call whom');
  const calls = workloadCalls(estate, serviceGraph(estate, settings), settings);
  const judge = createAccessJudge({ estate, emitted, settings, findings: diagnostics, calls });
  return [...verifyAccess(judge, services, settings.accepted)];
}

/** The states between the first and the last that `isthmus verify --phase` knows. */
export const phases = ['discovered', 'bridged', 'migrated'] as const;
/** How calls cross between the meshes. */
export const bridges = ['direct', 'gateways'] as const;

/**
 * The same in a state of the migration: all services in one phase, callers in either mesh. Between separate clusters calls go by the
 * gateways of the bridge that `isthmus plan` writes.
 */
export function accessDuring(
  { estate, emitted, settings }: Translation,
  phase: (typeof phases)[number],
  bridge: (typeof bridges)[number],
  progress: Progress,
  services?: readonly string[],
): readonly AccessRow[] {
  progress.say('Comparing … who may call whom');
  const graph = serviceGraph(estate, settings);
  if (bridge === 'direct')
    return accessInPhase(
      {
        estate,
        emitted,
        settings,
        calls: workloadCalls(estate, graph, settings),
        phaseOf: () => phase,
        callers: 'anywhere',
        bridge: { toKong: 'direct', toIstio: 'direct' },
      },
      services,
    );
  const facts = bridgeFacts({
    estate,
    graph,
    emitted,
    concerns: concerns(estate, graph.services, settings.clusterDomain),
    names: settings,
    settings: { ...defaultBridgeSettings, topology: 'separate-clusters' },
  });
  return accessInPhase(phaseCase(facts, phase, settings), services);
}
