import { defineCodes } from '../code.ts';

/** Findings that policies of every security kind share. */
export const security = defineCodes({
  metadataIdle: {
    code: 'ISTHMUS-SEC-001',
    severity: 'info',
    title: 'Label or annotation without effect on traffic',
    message: '{key} has no effect on traffic, and Kong Mesh does not read it.',
    help: 'Nothing is to be done.',
    explanation: 'Tools and the installation of Istio leave such marks; no proxy behaves differently for them.',
  },
  revision: {
    code: 'ISTHMUS-SEC-002',
    severity: 'warning',
    title: 'Policy of one revision of Istio',
    message:
      'Only control plane revision {revision} of Istio reads this policy. Kong Mesh knows no revisions: it is translated as if every workload obeyed it.',
    help: 'Check that workloads of other revisions are meant to obey it, or leave it out of the import.',
    explanation:
      'istiod skips resources with the label istio.io/rev of another revision (istio/pilot/pkg/config/kube/crdclient, 1.32).',
  },
  metadataUnknown: {
    code: 'ISTHMUS-SEC-003',
    severity: 'warning',
    title: 'Label or annotation has no counterpart',
    message: '{key} has no counterpart in Kong Mesh and is not carried over.',
    help: 'Check what reads it; Kong Mesh does not.',
    explanation: 'Labels and annotations whose prefix is istio.io stand in the ledger like fields of the spec.',
  },
});
