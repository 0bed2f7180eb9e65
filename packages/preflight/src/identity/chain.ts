import { codes } from '@isthmus/diagnostics';
import { undecidable } from '../check.ts';

export const chain = undecidable(
  {
    id: 'chain',
    holds: 'Peers know the intermediate of Kong Mesh',
    area: 'identity',
    code: codes.preflight.chain,
    examines: 'the issuer of the CA of Kong Mesh',
  },
  'An import holds no certificates: this needs the CA that Kong Mesh is to use.',
);
