import { defineCodes } from '../code.ts';

const kept =
  'An override keeps what the translation emitted when it was made. A later import may emit something else: where the fields that a person changed are as they were, the change moves along; where they are not, nobody knows whether it is still meant.';

/** Findings about what people decided about emitted resources. */
export const override = defineCodes({
  applied: {
    code: 'ISTHMUS-OVR-001',
    severity: 'info',
    title: 'Changed by a person',
    message: '{kind} {name} is not as it was translated, at {paths} ({who}).',
    help: 'Remove the override in the workbench, or from the file of overrides, to have what is translated again.',
    explanation:
      'What a person changes in an emitted resource is kept as a patch, with an author and a reason, and is part of the bundle. Verdicts judge the resource as it is applied, with the change. Fields of Istio whose counterpart was changed count as approximate at best.',
  },
  conflict: {
    code: 'ISTHMUS-OVR-002',
    severity: 'blocker',
    title: 'Ground of an override has changed',
    message:
      'The override of {kind} {name} was made on something else than what is translated now, at {paths}. It is not applied: the bundle holds what is translated ({who}).',
    help: 'Open the resource in the workbench, compare what was emitted, what is emitted now and the edit, and decide; or make the override anew.',
    explanation: kept,
  },
  refused: {
    code: 'ISTHMUS-OVR-003',
    severity: 'blocker',
    title: 'Override would be refused',
    message:
      '{kind} {name} with its override would be refused by Kong Mesh {version} at {path}: {reason}. It is not applied: the bundle holds what is translated ({who}).',
    help: 'Correct the field in the workbench, or in the file of overrides.',
    explanation:
      'What people change passes the same schema and the same rules of admission of the target version as what is translated. An override that was admitted for one version may not be for another.',
  },
  widens: {
    code: 'ISTHMUS-OVR-004',
    severity: 'blocker',
    title: 'Override may widen access',
    message:
      'The override of {kind} {name} changes who is let through, at {paths}: traffic that Istio refuses may pass. ({who}; {edit}).',
    help: 'Look at the verdicts of access, then accept it with a reason: here, or as `acceptsWidening` in the file of overrides.',
    explanation:
      'Nothing that Isthmus emits by itself is wider than its source. What a person changes in a resource that decides about access is their decision, which somebody has to take knowingly. Only for permissions that let fewer callers through after the change nothing has to be accepted.',
  },
  widensKnowingly: {
    code: 'ISTHMUS-OVR-005',
    severity: 'warning',
    title: 'Override may widen access, and is meant to',
    message: 'The override of {kind} {name} changes who is let through, at {paths}, knowingly: {accepted} ({who}).',
    help: 'Look at the verdicts of access for what it opens.',
    explanation:
      'An override of a resource that decides about access blocks until somebody accepts it with a reason. This one has been.',
  },
  gone: {
    code: 'ISTHMUS-OVR-006',
    severity: 'blocker',
    title: 'Edited resource is not emitted any more',
    message: 'The translation does not emit {kind} {name} any more, so that its override has no effect ({who}).',
    help: 'Remove the override, or add the resource as one of your own where it is still needed.',
    explanation: kept,
  },
  idle: {
    code: 'ISTHMUS-OVR-007',
    severity: 'info',
    title: 'Override is not needed any more',
    message: 'The translation emits by itself what the override of {kind} {name} asks for ({who}).',
    help: 'Remove the override.',
    explanation: kept,
  },
});
