import { defineCodes } from '../code.ts';

/** Findings of reading files, archives and documents. */
export const reading = defineCodes({
  brokenYaml: {
    code: 'ISTHMUS-READ-001',
    severity: 'blocker',
    title: 'Document cannot be read',
    message: 'This document is not valid YAML: {reason}. It is left out; the other documents of the file go on.',
    help: 'Correct the document at the line named and import it again.',
    explanation:
      'Manifests are read as the Kubernetes API server reads them (sigs.k8s.io/yaml). A document that cannot be read could hold a restriction, so that its absence blocks.',
    example: 'metadata: {name: reviews',
  },
});
