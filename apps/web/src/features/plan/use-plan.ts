import type { Plan, PlanAssessment, PlanSettings, StoredPlan } from '@isthmus/contract';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { planSettingsQuery } from '../../api/queries.ts';
import { moved, movesBetween, type Place } from './board.ts';
import { type Draft, drafted, draftOf, setDraft, useDraft } from './draft.ts';
import { assessmentQuery, planQuery } from './queries.ts';

type Waves = readonly (readonly string[])[];

export interface PlanState {
  readonly stored: StoredPlan;
  /** The plan as it is kept. */
  readonly plan: Plan;
  readonly draft: Draft | undefined;
  /** What is kept, with the draft's changes. */
  readonly settings: PlanSettings;
  /** Services by wave, with the draft's changes. */
  readonly waves: Waves;
  /** What follows from these waves; undefined until it is known. */
  readonly assessed: PlanAssessment | undefined;
  /** It follows from the draft before this one. */
  readonly isOld: boolean;
  readonly error: Error | null;
  readonly edit: (change: Partial<PlanSettings>) => void;
  readonly move: (services: readonly string[], place: Place) => void;
}

export const servicesOf = ({ waves }: Pick<Plan, 'waves'>): Waves =>
  waves.map(({ groups }) => groups.flatMap(({ services }) => services));

/** What follows from the plan as it is kept. */
const assessmentOf = ({ waves, summary, unkept }: Plan): PlanAssessment => ({
  waves: waves.map(({ number, groups, namespaces, crossing, day }) => ({
    number,
    services: groups.flatMap(({ services }) => services),
    namespaces,
    crossing,
    ...(day === undefined ? {} : { day }),
  })),
  crossing: summary.crossing,
  unkept,
});

/** The plan with the draft of this person on top of it; undefined until it has come. */
export function usePlan(id: string): { state: PlanState | undefined; error: Error | null; retry: () => void } {
  const { data: stored } = useSuspenseQuery(planSettingsQuery(id));
  const { data: plan, error, refetch } = useQuery(planQuery(id));
  const draft = useDraft(id);
  const assessment = useQuery({ ...assessmentQuery(id, draft?.settings ?? {}), enabled: draft !== undefined });
  const kept = useMemo(() => plan && assessmentOf(plan), [plan]);
  const keptWaves = useMemo(() => plan && servicesOf(plan), [plan]);
  const assessed = draft === undefined ? kept : assessment.data;
  const arranged = draft?.settings.arrangement;
  const waves = useMemo(
    () => arranged ?? assessed?.waves.map(({ services }) => services) ?? keptWaves ?? [],
    [arranged, assessed, keptWaves],
  );
  const settings = useMemo(() => ({ ...stored.settings, ...draft?.settings }), [stored, draft]);
  const edit = useCallback(
    (change: Partial<PlanSettings>) => setDraft(id, drafted(draftOf(id), stored, keptWaves ?? [], change)),
    [id, stored, keptWaves],
  );
  const move = useCallback(
    (services: readonly string[], place: Place): void => {
      const board = moved({ waves, stays: settings.excluded }, services, place);
      const before = draftOf(id);
      const base = before?.base.settings.arrangement ?? stored.settings.arrangement;
      // Moved back to where everything stood is no arrangement.
      const isBack = movesBetween(before?.baseWaves ?? keptWaves ?? [], board.waves).length === 0;
      edit({ arrangement: isBack ? base : board.waves.map((wave) => [...wave]), excluded: [...board.stays] });
    },
    [waves, settings.excluded, edit, id, stored, keptWaves],
  );
  const retry = (): void => void refetch();
  if (plan === undefined) return { state: undefined, error, retry };
  return {
    state: {
      stored,
      plan,
      draft,
      settings,
      waves,
      assessed,
      isOld: draft !== undefined && (assessment.isPlaceholderData || assessment.isPending),
      error: draft === undefined ? null : assessment.error,
      edit,
      move,
    },
    error,
    retry,
  };
}
