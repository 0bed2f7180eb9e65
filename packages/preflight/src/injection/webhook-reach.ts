import { codes } from '@isthmus/diagnostics';
import { undecidable } from '../check.ts';

export const webhookReach = undecidable(
  {
    id: 'webhook-reach',
    holds: 'The API server reaches the injector',
    area: 'injection',
    code: codes.preflight.webhookReach,
    examines: 'the way from the API server to the injector of Kong Mesh',
  },
  'Manifests do not say what firewalls let through: this needs the cluster.',
);
