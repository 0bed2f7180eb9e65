import { codes } from '@isthmus/diagnostics';
import { descend } from '@isthmus/kubernetes';
import { amount } from '../amounts.ts';
import type { Check } from '../check.ts';
import { called } from '../facts.ts';
import { specOf } from './target.ts';

const gone = [['mtls'], ['routing'], ['networking', 'outbound', 'passthrough'], ['meshServices']];

export const meshFields: Check = {
  id: 'mesh-fields',
  holds: 'No Mesh has fields that 3.0 has not',
  area: 'kong-mesh',
  code: codes.preflight.goneFields,
  examines: 'the fields of Meshes, for Kong Mesh 3.0',
  examples: {
    failing: `apiVersion: kuma.io/v1alpha1
kind: Mesh
metadata: {name: default}
spec:
  mtls:
    enabledBackend: ca-1
    backends: [{name: ca-1, type: builtin}]
`,
    passing: `apiVersion: kuma.io/v1alpha1
kind: Mesh
metadata: {name: default}
spec:
  skipCreatingInitialPolicies: ["*"]
`,
    settings: { target: '3.0' },
  },
  run: (facts) => {
    if (facts.settings.target !== '3.0')
      return { skipped: `Only Kong Mesh 3.0 has lost these fields; the target is ${facts.settings.target}.` };
    const meshes = facts.kongMesh('Mesh');
    const evidence = meshes.flatMap((mesh) =>
      gone.flatMap((path) => {
        const at = descend(specOf(mesh), ...path);
        return at === undefined ? [] : { found: `${called(mesh)} has \`${at.path}\`.`, at, services: [] };
      }),
    );
    return { examined: [amount(meshes.length, 'Mesh', 'Meshes')], evidence };
  },
};
