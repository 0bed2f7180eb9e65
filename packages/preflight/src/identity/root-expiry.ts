import { codes } from '@isthmus/diagnostics';
import { undecidable } from '../check.ts';

export const rootExpiry = undecidable(
  {
    id: 'root-expiry',
    holds: 'Roots outlive the migration',
    area: 'identity',
    code: codes.preflight.expiry,
    examines: 'the end dates of roots and intermediates of both meshes',
  },
  'An import holds no certificates: this needs those of the cluster.',
);
