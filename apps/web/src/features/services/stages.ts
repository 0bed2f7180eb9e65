import type { Phase, Stage } from '@isthmus/contract';

/** Where a stage of a wave stands for one of its services. */
export type StageState = 'done' | 'next' | 'later';

/**
 * The stage that comes next for a service, by its recorded phase and share: the number of the stages before it. All of them where it
 * is retired.
 */
export function nextStage(
  stages: readonly Pick<Stage, 'id' | 'phase' | 'share'>[],
  phase: Phase,
  share: number,
): number {
  const first = (is: (stage: Pick<Stage, 'id' | 'phase' | 'share'>) => boolean): number => {
    const found = stages.findIndex(is);
    return found < 0 ? stages.length : found;
  };
  switch (phase) {
    case 'discovered':
    case 'translated':
    case 'reviewed':
    case 'rolled-back':
      return 0;
    case 'bridged':
      return first(({ id }) => id !== 'bridge');
    case 'shifting':
      return first((stage) => (stage.phase === 'shifting' && stage.share > share) || stage.phase === 'migrated');
    case 'migrated':
      return first((stage) => stage.phase === 'retired');
    case 'retired':
      return stages.length;
  }
}

export const stateOf = (index: number, next: number): StageState =>
  index < next ? 'done' : index === next ? 'next' : 'later';

/** The share with which shifting goes on: the next of the plan's steps. */
export const nextShare = (shift: readonly number[], share: number): number => shift.find((step) => step > share) ?? 100;
