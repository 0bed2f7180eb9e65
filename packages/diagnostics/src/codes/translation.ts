import { defineCodes } from '../code.ts';

const untranslatedExplanation =
  'Every leaf field of every Istio resource stands in the field ledger. `untranslated` means that Isthmus has no translation for the field yet; it says nothing of what Kong Mesh can express (that is `unsupported`).';

/** Findings of the translation as a whole; those about one kind stand in the area of that kind. */
export const translation = defineCodes({
  restrictionUntranslated: {
    code: 'ISTHMUS-TR-001',
    severity: 'blocker',
    title: 'Restriction is not translated yet',
    message:
      '{count} of the {total} fields of this {kind} are not translated yet, first {first}. What they refuse in Istio would be allowed after the migration if nothing took their place.',
    help: 'Write the Kong Mesh policy for these fields by hand, or keep the workload on Istio until Isthmus translates them.',
    explanation: `${untranslatedExplanation} A kind that restricts traffic blocks as long as part of it has no counterpart.`,
  },
  fieldsUntranslated: {
    code: 'ISTHMUS-TR-002',
    severity: 'warning',
    title: 'Fields are not translated yet',
    message:
      '{count} of the {total} fields of this {kind} are not translated yet, first {first}. Kong Mesh behaves by its own defaults there.',
    help: 'Review these fields in the workbench and write the policy they need by hand.',
    explanation: untranslatedExplanation,
  },
  withheld: {
    code: 'ISTHMUS-TR-003',
    severity: 'blocker',
    title: 'Emitted resource would be refused',
    message:
      '{kind} {name} would be refused by Kong Mesh {version} at {path}: {reason}. It is left out of the bundle, so that what its source asks for has no counterpart.',
    help: 'Change the source field to a value that Kong Mesh accepts, or write the policy by hand.',
    explanation:
      'Every emitted resource passes the schema and the admission rules of the target version before anyone sees it. One that does not is withheld, and the fields that it came from count as unsupported.',
  },
  annotationUntranslated: {
    code: 'ISTHMUS-TR-004',
    severity: 'warning',
    title: 'Istio labels or annotations are not translated yet',
    message:
      'This {kind} carries {count} Istio labels or annotations that are not translated yet, first {first}. Kong Mesh does not read them.',
    help: 'Look the annotation up in the mapping guide and set its Kong Mesh counterpart by hand.',
    explanation: untranslatedExplanation,
  },
  superseded: {
    code: 'ISTHMUS-TR-005',
    severity: 'info',
    title: 'Another version of this object is used',
    message:
      'The fields of this version have no effect: the import holds another version of the object, which is used.',
    help: 'Remove one of the two versions from the import.',
    explanation:
      'A cluster holds one object for each group, kind, namespace and name. Of several in an import the last by path and position in byte order is used.',
  },
  draft: {
    code: 'ISTHMUS-TR-006',
    severity: 'warning',
    title: 'Carried over in a draft only',
    message:
      'What this field asks for stands in a draft only, for a reason that its resource has a finding of its own about.',
    help: 'Finish the draft by hand and move it into the bundle; nothing under `drafts/` is applied.',
    explanation:
      'Where a fact is missing that the target needs, Isthmus does not guess: what is known stands in a draft, outside of every kustomization, and the fields that it came from count as approximate.',
  },
});
