import { codes } from '@isthmus/diagnostics';
import { undecidable } from '../check.ts';

export const failurePolicy = undecidable(
  {
    id: 'failure-policy',
    holds: 'Pods do not start without a sidecar unnoticed',
    area: 'injection',
    code: codes.preflight.failurePolicy,
    examines: 'the failure policy of the injector of Kong Mesh',
  },
  'An import keeps no webhooks, and no values of Helm: this needs the installation of Kong Mesh.',
);
