import { defineCodes } from '../code.ts';

/** Findings about the edge: Gateways of Istio, the VirtualServices bound to them, and what Kong Gateway makes of them. */
export const gateway = defineCodes({
  refusedAtEdge: {
    code: 'ISTHMUS-GW-001',
    severity: 'blocker',
    title: 'Emitted resource of the edge would be refused',
    message:
      '{kind} {name} would be refused at {path}: {reason}. It is left out of the bundle, so that what its source asks for has no counterpart.',
    help: 'Change the source field to a value that Gateway API and Kong accept, or write the resource by hand.',
    explanation:
      'Every resource for the edge passes the schemas and rules of Gateway API 1.6 and the admission rules of Kong’s ingress controller 3.5 before anyone sees it. One that does not is withheld, and the fields that it came from count as unsupported.',
  },
});
