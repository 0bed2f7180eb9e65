/** The phases of a service in order; `rolled-back` is reached from `bridged` on. The contract names the same. */
export const phaseOrder = [
  'discovered',
  'translated',
  'reviewed',
  'bridged',
  'shifting',
  'migrated',
  'retired',
] as const;
export type Phase = (typeof phaseOrder)[number] | 'rolled-back';

/** One thing that speaks for or against a condition. */
export interface GateEvidence {
  readonly text: string;
  /** A diagnostic code whose page says more. */
  readonly code?: string;
  /** Another service that it is about. */
  readonly service?: string;
}

/** What must hold before a service enters a phase. `unknown` keeps the gate shut as `fails` does. */
export interface Condition {
  readonly id:
    | 'previous'
    | 'translated'
    | 'blockers'
    | 'checks'
    | 'verdicts'
    | 'access'
    | 'order'
    | 'ways'
    | 'trust'
    | 'access-in-phase'
    | 'between-clusters'
    | 'rules-across'
    | 'approvals'
    | 'share'
    | 'callers';
  readonly title: string;
  readonly state: 'holds' | 'fails' | 'unknown';
  /** In a sentence. */
  readonly detail: string;
  /** The first pieces; `total` counts all. */
  readonly evidence: readonly GateEvidence[];
  readonly total: number;
}

/** Whether a service may enter a phase, and why. */
export interface Gate {
  readonly service: string;
  readonly from: Phase;
  readonly to: Phase;
  readonly open: boolean;
  readonly conditions: readonly Condition[];
}

/** What is known of one of two kinds of evidence; `undefined` where it was not looked at, which keeps gates shut. */
type Found = readonly GateEvidence[] | undefined;

/** What a gate is decided by: each list holds what speaks against the service. */
export interface GateFacts {
  readonly service: string;
  readonly from: Phase;
  /** Fields about the service that no translator has looked at. */
  readonly untranslated: Found;
  /** Findings of the translation that block. */
  readonly blockers: Found;
  /** Failed pre-flight checks that block. */
  readonly checks: Found;
  /** Differences and undecided verdicts that nobody accepted. */
  readonly verdicts: Found;
  /** Who may call that Istio kept out, or may; after the migration. */
  readonly access: Found;
  /** The same in the phase that is to be entered. */
  readonly accessInPhase: Found;
  /** Its calls between clusters, which nobody compared; absent where the import is of one cluster. */
  readonly betweenClusters?: Found;
  /** Services that are to move first and have not. */
  readonly order: Found;
  /** Calls that have no way across. */
  readonly ways: Found;
  /** Calls that meet other rules across the meshes than within Istio, which nobody compared. */
  readonly rulesAcross: Found;
  /** Certificates that are missing or not valid. */
  readonly trust: Found;
  readonly approvals: { readonly needed: number; readonly given: Found };
  /** The share of requests that it takes in Kong Mesh, in percent; undefined where its pods cannot be divided. */
  readonly share: number | undefined;
  /** Services in Istio that still call it. */
  readonly callers: Found;
}

const mostEvidence = 20;

interface Words {
  readonly title: string;
  readonly holds: string;
  readonly fails: (count: number) => string;
  readonly unknown: string;
}

const some = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

const words: Readonly<Record<Exclude<Condition['id'], 'previous' | 'approvals' | 'share'>, Words>> = {
  translated: {
    title: 'Every field is accounted for',
    holds: 'Every field of the resources about it has an outcome.',
    fails: (count) =>
      `${some(count, 'field')} of the resources about it ${count === 1 ? 'is' : 'are'} not translated yet.`,
    unknown: 'Nothing has been translated.',
  },
  blockers: {
    title: 'No finding blocks',
    holds: 'No finding about it blocks.',
    fails: (count) => `${some(count, 'finding')} about it ${count === 1 ? 'blocks' : 'block'}.`,
    unknown: 'The findings are not known.',
  },
  checks: {
    title: 'Pre-flight checks passed',
    holds: 'No pre-flight check about it blocks.',
    fails: (count) => `${some(count, 'pre-flight check')} about it ${count === 1 ? 'blocks' : 'block'}.`,
    unknown: 'The pre-flight checks have not run.',
  },
  verdicts: {
    title: 'Requests meet the same, or the difference is accepted',
    holds: 'Both meshes do the same with all its requests, or the differences are accepted.',
    fails: (count) => `${some(count, 'difference')} of its behaviour ${count === 1 ? 'is' : 'are'} not accepted.`,
    unknown: 'Its behaviour has not been compared.',
  },
  access: {
    title: 'Nobody gains access',
    holds: 'Nobody can call it who could not before.',
    fails: (count) => `${some(count, 'verdict')} on who may call it ${count === 1 ? 'is' : 'are'} wider or undecided.`,
    unknown: 'Who may call it has not been compared.',
  },
  order: {
    title: 'Its turn has come',
    holds: 'Everything that is to move before it has moved.',
    fails: (count) =>
      `${some(count, 'service')} that ${count === 1 ? 'is' : 'are'} to move before it ${count === 1 ? 'has' : 'have'} not.`,
    unknown: 'The order of the waves is not known.',
  },
  ways: {
    title: 'Every call has a way across',
    holds: 'Every known call has a way between the meshes.',
    fails: (count) => `${some(count, 'call')} would have no way between the meshes.`,
    unknown: 'The ways between the meshes are not known.',
  },
  'rules-across': {
    title: 'Calls across the meshes meet the same rules',
    holds: 'No known call across the meshes goes past a rule, or meets one twice.',
    fails: (count) => `${some(count, 'call')} across the meshes would go past rules, or meet them twice.`,
    unknown: 'What calls across the meshes meet is not known.',
  },
  trust: {
    title: 'Both meshes trust each other',
    holds: 'The certificates that its calls need are given and valid.',
    fails: (count) => `${some(count, 'certificate')} ${count === 1 ? 'is' : 'are'} missing or not valid.`,
    unknown: 'The certificates are not known.',
  },
  'access-in-phase': {
    title: 'Nobody gains access meanwhile',
    holds: 'In this phase nobody can call it who could not in Istio.',
    fails: (count) =>
      `${some(count, 'verdict')} on who may call it in this phase ${count === 1 ? 'is' : 'are'} wider or undecided.`,
    unknown: 'Who may call it in this phase has not been compared.',
  },
  'between-clusters': {
    title: 'No call between clusters is left uncompared',
    holds: 'Its calls stay within the clusters, each of which is compared by itself.',
    fails: (count) =>
      `${some(count, 'call')} between clusters ${count === 1 ? 'is' : 'are'} not compared, neither requests nor access.`,
    unknown: 'The calls between clusters are not known.',
  },
  callers: {
    title: 'Nobody in Istio calls it',
    holds: 'All services that are known to call it have moved.',
    fails: (count) => `${some(count, 'service')} in Istio still ${count === 1 ? 'calls' : 'call'} it.`,
    unknown: 'Its callers are not known.',
  },
};

function conditionOf(id: keyof typeof words, found: Found): Condition {
  const { title, holds, fails, unknown } = words[id];
  const evidence = (found ?? []).slice(0, mostEvidence);
  const total = found?.length ?? 0;
  if (found === undefined) return { id, title, state: 'unknown', detail: unknown, evidence, total };
  return total === 0
    ? { id, title, state: 'holds', detail: holds, evidence, total }
    : { id, title, state: 'fails', detail: fails(total), evidence, total };
}

function previous(from: Phase, to: Phase): Condition {
  const index = phaseOrder.indexOf(to as (typeof phaseOrder)[number]);
  const before = phaseOrder[index - 1] ?? 'discovered';
  // What was rolled back has been reviewed before.
  const known = from === 'rolled-back' ? 'reviewed' : from;
  const holds = phaseOrder.indexOf(known) >= index - 1;
  return {
    id: 'previous',
    title: `It is ${before}`,
    state: holds ? 'holds' : 'fails',
    detail: holds ? `It is ${from}.` : `It is ${from}, and would leave ${before} out.`,
    evidence: [],
    total: 0,
  };
}

function approvals({ needed, given }: GateFacts['approvals']): Condition {
  const total = given?.length ?? 0;
  const common = {
    id: 'approvals',
    title: 'It is approved',
    evidence: (given ?? []).slice(0, mostEvidence),
    total,
  } as const;
  if (given === undefined) return { ...common, state: 'unknown', detail: 'The approvals are not known.' };
  if (needed === 0) return { ...common, state: 'holds', detail: 'No approval is asked for.' };
  return {
    ...common,
    state: total >= needed ? 'holds' : 'fails',
    detail: `${total} of ${some(needed, 'approval')} ${total === 1 ? 'is' : 'are'} given.`,
  };
}

function shareOf(share: number | undefined): Condition {
  const common = { id: 'share', title: 'It takes all its requests in Kong Mesh', evidence: [], total: 0 } as const;
  if (share === undefined)
    return { ...common, state: 'holds', detail: 'Its pods cannot be divided: they move in place.' };
  return {
    ...common,
    state: share >= 100 ? 'holds' : 'fails',
    detail: `It takes ${share} % of its requests in Kong Mesh.`,
  };
}

/** Whether one phase comes before another on the way; going back, and staying, asks for no evidence. */
export function isForward(from: Phase, to: Phase): boolean {
  if (to === 'rolled-back') return false;
  const reached = phaseOrder.indexOf(from === 'rolled-back' ? 'discovered' : from);
  return phaseOrder.indexOf(to) > reached;
}

/**
 * Whether a service may enter a phase. Going back is always possible. Forward, each condition has to hold; one that could not be
 * looked at does not.
 */
export function gateOf(to: Phase, facts: GateFacts): Gate {
  const { service, from } = facts;
  if (!isForward(from, to)) return { service, from, to, open: true, conditions: [] };
  const betweenClusters = (): Condition[] =>
    'betweenClusters' in facts ? [conditionOf('between-clusters', facts.betweenClusters)] : [];
  const reviewed = (): Condition[] => [
    conditionOf('translated', facts.untranslated),
    conditionOf('blockers', facts.blockers),
    conditionOf('checks', facts.checks),
    conditionOf('verdicts', facts.verdicts),
    conditionOf('access', facts.access),
    ...betweenClusters(),
  ];
  const bridged = (): Condition[] => [
    ...reviewed(),
    conditionOf('order', facts.order),
    conditionOf('ways', facts.ways),
    conditionOf('rules-across', facts.rulesAcross),
    conditionOf('trust', facts.trust),
    conditionOf('access-in-phase', facts.accessInPhase),
  ];
  const own: Readonly<Record<string, () => Condition[]>> = {
    translated: () => [conditionOf('translated', facts.untranslated)],
    reviewed,
    bridged,
    shifting: () => [...bridged(), approvals(facts.approvals)],
    migrated: () => [
      shareOf(facts.share),
      conditionOf('ways', facts.ways),
      conditionOf('rules-across', facts.rulesAcross),
      conditionOf('access-in-phase', facts.accessInPhase),
      ...betweenClusters(),
    ],
    retired: () => [conditionOf('callers', facts.callers)],
  };
  const conditions = [previous(from, to), ...(own[to]?.() ?? [])];
  return { service, from, to, open: conditions.every(({ state }) => state === 'holds'), conditions };
}

/** Why a gate is shut, in a sentence. */
export function sentenceOfGate({ service, to, open, conditions }: Gate): string {
  if (open) return `${service} may become ${to}.`;
  const against = conditions.filter(({ state }) => state !== 'holds').map(({ detail }) => detail.replace(/\.$/, ''));
  return `${service} cannot become ${to} yet: ${against.join('; ')}.`;
}
