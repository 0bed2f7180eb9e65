import { type SimulationModel, simulate } from '@isthmus/equivalence';
import type { Answered, Asked } from './use-simulation.ts';

// Decides requests away from the main thread. Both meshes were compiled on the server: only what they became is here.

let model: SimulationModel | undefined;

self.addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  if ('model' in data) {
    model = data.model as SimulationModel;
    return;
  }
  if (model === undefined) return;
  const { before, after, differences, undecided } = simulate(model, data.request);
  self.postMessage({ id: data.id, decided: { before, after, differences, undecided } } as Answered);
});
