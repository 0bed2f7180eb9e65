import { codes } from '@isthmus/diagnostics';
import { undecidable } from '../check.ts';

export const rootBundle = undecidable(
  {
    id: 'root-bundle',
    holds: 'The root file of Istio holds one certificate',
    area: 'identity',
    code: codes.preflight.bundle,
    examines: 'the number of certificates in the root file of Istio',
  },
  'An import holds no certificates: this needs the root file of Istio.',
);
