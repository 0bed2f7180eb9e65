import { codes } from '@isthmus/diagnostics';
import { descend, flag, rootField } from '@isthmus/kubernetes';
import { amount, istioResources } from '../amounts.ts';
import type { Check, Evidence } from '../check.ts';
import { called } from '../facts.ts';

export const cniConflict: Check = {
  id: 'cni-conflict',
  holds: 'No CNI plug-in of Istio is installed',
  area: 'injection',
  code: codes.preflight.cniConflict,
  examines: "DaemonSets and installations of Istio's CNI plug-in",
  examples: {
    failing: `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: istio, namespace: istio-system}
spec:
  components:
    cni:
      enabled: true
`,
    passing: `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: istio, namespace: istio-system}
spec:
  profile: default
`,
  },
  run: (facts) => {
    const daemonSets = facts.ofKind('apps', 'DaemonSet');
    const evidence: Evidence[] = [
      ...daemonSets
        .filter(({ name }) => /^istio-cni(?:-node)?(?:-|$)/.test(name))
        .map((one) => ({ found: `${called(one)} installs the plug-in.`, at: one, services: [] })),
      ...facts.ofKind('sailoperator.io', 'IstioCNI').map((one) => ({
        found: `${called(one)} installs the plug-in.`,
        at: one,
        services: [],
      })),
      ...facts.ofKind('install.istio.io', 'IstioOperator').flatMap((one) => {
        const at = flag(descend(rootField(one), 'spec', 'components', 'cni', 'enabled'));
        return at?.value === true ? { found: `${called(one)} installs the plug-in.`, at, services: [] } : [];
      }),
    ];
    return { examined: [amount(daemonSets.length, 'DaemonSet'), istioResources(facts)], evidence };
  },
};
