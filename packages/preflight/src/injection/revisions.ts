import { codes } from '@isthmus/diagnostics';
import { descend, rootField } from '@isthmus/kubernetes';
import { namespaces } from '../amounts.ts';
import type { Check } from '../check.ts';

export const revisions: Check = {
  id: 'revisions',
  holds: 'One revision of Istio injects',
  area: 'injection',
  code: codes.preflight.revisions,
  examines: 'the revisions of Istio that the labels of namespaces ask for',
  examples: {
    failing: `apiVersion: v1
kind: Namespace
metadata: {name: sales, labels: {istio.io/rev: 1-27}}
---
apiVersion: v1
kind: Namespace
metadata: {name: crew, labels: {istio.io/rev: 1-28}}
`,
    passing: `apiVersion: v1
kind: Namespace
metadata: {name: sales, labels: {istio.io/rev: 1-28}}
---
apiVersion: v1
kind: Namespace
metadata: {name: crew, labels: {istio.io/rev: 1-28}}
`,
  },
  run: (facts) => {
    const byRevision = Map.groupBy(
      facts.namespaces.filter(({ labels }) => labels['istio.io/rev'] !== undefined),
      ({ labels }) => labels['istio.io/rev'] as string,
    );
    const evidence = [...byRevision].map(([revision, of]) => {
      const [first] = of as [(typeof of)[number]];
      return {
        found: `Revision \`${revision}\` injects into ${of.length === 1 ? `namespace ${first.name}` : `${of.length} namespaces, ${first.name} among them`}.`,
        at: descend(rootField(first), 'metadata', 'labels', 'istio.io/rev') ?? first,
        services: [],
      };
    });
    return { examined: [namespaces(facts)], evidence: byRevision.size > 1 ? evidence : [] };
  },
};
