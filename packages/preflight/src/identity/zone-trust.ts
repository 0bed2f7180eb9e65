import { codes } from '@isthmus/diagnostics';
import { undecidable } from '../check.ts';

export const zoneTrust = undecidable(
  {
    id: 'zone-trust',
    holds: 'Zones trust each other',
    area: 'identity',
    code: codes.preflight.zones,
    examines: 'the MeshTrusts of all zones',
  },
  'An import is of one cluster: this needs the Global control plane.',
);
