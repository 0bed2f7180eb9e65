import type { PlanSettings } from '@isthmus/contract';
import { movesBetween, withMoves } from './board.ts';

type Waves = readonly (readonly string[])[];

/** What the settings of a plan are called. */
export const settingWords: Readonly<Record<keyof PlanSettings, string>> = {
  order: 'Order',
  most: 'Services per wave',
  oneNamespace: 'One namespace at a time',
  excluded: 'Services that stay in Istio',
  pinned: 'Pinned services',
  confidence: 'Evidence that orders',
  arrangement: 'Waves',
  start: 'First wave on',
  everyDays: 'Days between waves',
  freezes: 'Freezes',
  approvals: 'Approvals before traffic shifts',
  topology: 'Clusters',
  domain: 'DNS suffix of the bridge',
  gatewayNamespace: 'Namespace of Kong Gateway',
  shift: 'Steps of shifting',
  widened: 'Services whose callers are treated alike',
};

const confidenceOf = (confidence: number): string => `from ${Math.round(confidence * 100)} % on`;

/** A setting in words. */
export function valueInWords<Key extends keyof PlanSettings>(key: Key, value: PlanSettings[Key]): string {
  switch (key) {
    case 'order':
      return value === 'callers-first' ? 'callers before callees' : 'callees before callers';
    case 'topology':
      return value === 'same-cluster' ? 'both meshes in one cluster' : 'each mesh in its own cluster';
    case 'confidence':
      return confidenceOf(value as number);
    case 'oneNamespace':
      return value ? 'yes' : 'no';
    case 'shift':
      return `${(value as number[]).join(' %, ')} %`;
    case 'most':
      return value === null ? 'any number' : String(value);
    case 'start':
      return value === null ? 'no day' : String(value);
    case 'arrangement':
      return value === null ? 'as planned' : `${filledCount(value as Waves)} waves, arranged by hand`;
    case 'excluded':
      return listed(value as string[]);
    case 'pinned':
      return listed(Object.entries(value as Record<string, number>).map(([id, wave]) => `${id} to wave ${wave}`));
    case 'freezes':
      return listed((value as PlanSettings['freezes']).map(({ from, to, reason }) => `${from} to ${to} (${reason})`));
    case 'widened':
      return listed((value as PlanSettings['widened']).map(({ service }) => service));
    default:
      return String(value);
  }
}

const filledCount = (waves: Waves): number => waves.filter((wave) => wave.length > 0).length;
const listed = (items: readonly string[]): string => (items.length === 0 ? 'none' : items.join(', '));

/** One thing that two people want differently. */
export interface Clash {
  readonly what: string;
  readonly theirs: string;
  readonly mine: string;
  /** Whether both changed it; what only one changed is kept either way. */
  readonly isMutual: boolean;
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const inWave = (wave: number | undefined): string => (wave === undefined ? 'stays in Istio' : `wave ${wave}`);

/** A plan as one person saw it, as it is kept now, and as the person wants it; each with its waves. */
export interface Versions {
  readonly base: PlanSettings;
  readonly theirs: PlanSettings;
  readonly mine: Partial<PlanSettings>;
  readonly baseWaves: Waves;
  readonly theirWaves: Waves;
}

/** Both values of everything that a draft would change and that is another by now, wave by wave for each service. */
export function clashesOf({ base, theirs, mine, baseWaves, theirWaves }: Versions): readonly Clash[] {
  const settings = (Object.keys(mine) as (keyof PlanSettings)[])
    .filter((key) => key !== 'arrangement' && !isSame(mine[key], theirs[key]))
    .map(
      (key): Clash => ({
        what: settingWords[key],
        theirs: valueInWords(key, theirs[key]),
        mine: valueInWords(key, mine[key] as PlanSettings[typeof key]),
        isMutual: !isSame(base[key], theirs[key]),
      }),
    );
  if (mine.arrangement === undefined) return settings;
  if (mine.arrangement === null)
    return isSame(theirs.arrangement, null)
      ? settings
      : [
          ...settings,
          {
            what: settingWords.arrangement,
            theirs: valueInWords('arrangement', theirs.arrangement),
            mine: valueInWords('arrangement', null),
            isMutual: !isSame(base.arrangement, theirs.arrangement),
          },
        ];
  const theirMoves = new Map(movesBetween(baseWaves, theirWaves).map((one) => [one.service, one]));
  const myMoves = new Map(movesBetween(baseWaves, mine.arrangement).map((one) => [one.service, one]));
  return [
    ...settings,
    ...movesBetween(theirWaves, mine.arrangement).map(
      ({ service, from, to }): Clash => ({
        what: service,
        theirs: inWave(from),
        mine: inWave(to),
        isMutual: theirMoves.has(service) && myMoves.has(service),
      }),
    ),
  ];
}

/** A draft on top of what is kept now: everything that others changed stays, but for what the draft changes itself. */
export function combined({ base, theirs, mine, baseWaves, theirWaves }: Versions): Partial<PlanSettings> {
  const own = Object.fromEntries(
    (Object.keys(mine) as (keyof PlanSettings)[])
      .filter((key) => !isSame(base[key], mine[key]))
      .map((key) => [key, mine[key]]),
  ) as Partial<PlanSettings>;
  const excluded =
    mine.excluded === undefined
      ? {}
      : {
          excluded: [
            ...theirs.excluded.filter((id) => !base.excluded.includes(id) || mine.excluded?.includes(id)),
            ...mine.excluded.filter((id) => !base.excluded.includes(id) && !theirs.excluded.includes(id)),
          ].sort(),
        };
  const arrangement = mine.arrangement
    ? { arrangement: withMoves(theirWaves, movesBetween(baseWaves, mine.arrangement)) }
    : {};
  return { ...own, ...excluded, ...arrangement };
}
