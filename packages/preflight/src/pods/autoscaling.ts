import { codes } from '@isthmus/diagnostics';
import { undecidable } from '../check.ts';

export const autoscaling = undecidable(
  {
    id: 'autoscaling',
    holds: 'Autoscaling does not depend on the sidecar',
    area: 'pods',
    code: codes.preflight.autoscaling,
    examines: 'the metrics of HorizontalPodAutoscalers',
  },
  'An import keeps no HorizontalPodAutoscalers: look at those of the cluster.',
);
