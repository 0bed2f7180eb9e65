import { codes } from '@isthmus/diagnostics';
import { undecidable } from '../check.ts';

export const multiRoot = undecidable(
  {
    id: 'multi-root',
    holds: "Istio's proxies learn further roots",
    area: 'identity',
    code: codes.preflight.multiRoot,
    examines: 'the environment of istiod',
  },
  'An import keeps no environment of istiod: this needs the cluster, and only where sidecars of both meshes speak mutual TLS to each other.',
);
