import type { CertificateInfo, PlanSettings, StoredPlan } from '@isthmus/contract';
import {
  type Certificate,
  defaultBridgeSettings,
  defaultPlanSettings,
  type Observation,
  problemOfSchedule,
  problemOfShift,
  validityOf,
} from '@isthmus/migration';
import type { PlanRecord } from '@isthmus/store';

/** The plan of a new migration. */
const newPlan: PlanSettings = {
  order: defaultPlanSettings.order,
  most: null,
  oneNamespace: false,
  excluded: [],
  pinned: {},
  confidence: defaultPlanSettings.confidence,
  arrangement: null,
  start: null,
  everyDays: 7,
  freezes: [],
  approvals: 1,
  topology: defaultBridgeSettings.topology,
  domain: defaultBridgeSettings.domain,
  gatewayNamespace: defaultBridgeSettings.gatewayNamespace,
  shift: [...defaultBridgeSettings.shift],
  widened: [],
};

/** Stored settings, completed by those that came with later versions. */
export const completePlan = (stored: PlanRecord['settings']): PlanSettings => ({
  ...newPlan,
  ...(stored as Partial<PlanSettings>),
});

/** Root certificates as they are stored. */
export interface Roots {
  readonly istio: readonly Certificate[];
  readonly kong: readonly Certificate[];
}

export const rootsOf = ({ certificates }: PlanRecord): Roots => ({
  istio: (certificates.istio ?? []) as readonly Certificate[],
  kong: (certificates.kong ?? []) as readonly Certificate[],
});

/** Observed traffic as it is stored. */
export interface StoredTraffic {
  readonly source: 'prometheus' | 'kiali';
  readonly samples: number;
  readonly at: string;
  readonly by: string;
  readonly observations: readonly Observation[];
}

export const trafficOf = ({ observed }: PlanRecord): StoredTraffic | null => observed as StoredTraffic | null;

/** What is wrong with settings that each by itself is right; undefined where nothing is. */
export function problemOfPlan({ start, everyDays, freezes, shift }: PlanSettings): string | undefined {
  return problemOfSchedule({ start: start ?? undefined, everyDays, freezes }) ?? problemOfShift(shift);
}

/** What views of the plan and the bridge are computed with; plain data for the worker threads. */
export interface PlanBasis {
  readonly settings: PlanSettings;
  readonly roots: Roots;
  readonly observed: readonly Observation[];
  /** ISO 8601, of the server's clock. */
  readonly now: string;
}

export const basisOf = (record: PlanRecord): PlanBasis => ({
  settings: completePlan(record.settings),
  roots: rootsOf(record),
  observed: trafficOf(record)?.observations ?? [],
  now: new Date().toISOString(),
});

function present({ pem: _, isAuthority: __, ...facts }: Certificate, now: string): CertificateInfo {
  return { ...facts, validity: validityOf(facts, now) };
}

/** A plan as the API shows it. */
export function presentPlan(record: PlanRecord): StoredPlan {
  const { settings, roots, now } = basisOf(record);
  const traffic = trafficOf(record);
  return {
    revision: record.revision,
    updatedAt: record.updatedAt,
    updatedBy: record.updatedBy,
    settings,
    certificates: {
      istio: roots.istio.map((one) => present(one, now)),
      kong: roots.kong.map((one) => present(one, now)),
    },
    observed:
      traffic === null
        ? null
        : {
            source: traffic.source,
            samples: traffic.samples,
            calls: traffic.observations.length,
            at: traffic.at,
            by: traffic.by,
          },
  };
}
