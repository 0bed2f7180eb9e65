import { codes } from '@isthmus/diagnostics';
import { undecidable } from '../check.ts';

export const keyUsage = undecidable(
  {
    id: 'key-usage',
    holds: 'The CA of Kong Mesh may sign',
    area: 'identity',
    code: codes.preflight.keyUsage,
    examines: 'basic constraints and key usage of the CA of Kong Mesh',
  },
  'An import holds no certificates: this needs the CA that Kong Mesh is to use.',
);
