import { defineCodes } from '../code.ts';

const limits =
  'Limits keep one import from exhausting the machine; the defaults suit 50,000 resources in 200 MB. On the command line `--limit NAME=VALUE` sets one, for command line and server the environment does (`ISTHMUS_LIMIT_TOTAL_BYTES` for `totalBytes`).';

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
  duplicateKey: {
    code: 'ISTHMUS-READ-002',
    severity: 'blocker',
    title: 'Key stands twice',
    message:
      "The key '{key}' stands twice in one map, first on line {first}. Which of the two a cluster uses depends on the tool that applies it, so that the document is left out.",
    help: 'Remove one of the two and import the file again.',
    explanation:
      'YAML forbids equal keys in one map. The API server refuses them under strict field validation and takes the last one otherwise (sigs.k8s.io/yaml); other tools take the first. One of the two may be the restriction that counts.',
    example: 'spec:\n  host: reviews\n  host: ratings',
  },
  template: {
    code: 'ISTHMUS-READ-003',
    severity: 'blocker',
    title: 'Template is not rendered',
    message:
      'This document still contains template text ({text}) and is no manifest yet. It is left out; the other documents of the file go on.',
    help: 'Render it first and import the output: `helm template RELEASE CHART --values VALUES > manifests.yaml`, or `kustomize build DIR > manifests.yaml`.',
    explanation:
      'What a template becomes depends on its values. Isthmus reads what would be applied, which only the tool that renders it knows.',
    example: 'spec:\n  hosts:\n    - {{ .Values.host }}',
  },
  templateText: {
    code: 'ISTHMUS-READ-004',
    severity: 'warning',
    title: 'Text looks like a template',
    message:
      'The value {text} looks like a template that was not rendered. It is read as it stands, so that it matches no real host, name or path.',
    help: 'If the file comes from a chart, import the output of `helm template RELEASE CHART` instead. If the text is meant so, nothing is to be done.',
    explanation:
      'A template within quotes is valid YAML. An Istio resource with such a value is accepted by a cluster and has no effect.',
    example: 'spec:\n  host: "{{ .Values.host }}"',
  },
  notText: {
    code: 'ISTHMUS-READ-005',
    severity: 'blocker',
    title: 'File is not text',
    message: 'This file cannot be read as text: {reason}. UTF-8 was expected. Nothing of the file is used.',
    help: 'Save the file as UTF-8, or leave it out of the import if it is no manifest.',
    explanation:
      'YAML is UTF-8 or UTF-16 with a byte order mark; the API server reads nothing else. A file that cannot be read could hold a restriction, so that its absence blocks.',
  },
  fileTooLarge: {
    code: 'ISTHMUS-READ-006',
    severity: 'blocker',
    title: 'File is too large',
    message: 'This file has {size}, and the limit is {limit}. Nothing of the file is used.',
    help: 'Split the file, or raise the limit `fileBytes`.',
    explanation: limits,
  },
  tooManyDocuments: {
    code: 'ISTHMUS-READ-007',
    severity: 'blocker',
    title: 'Too many documents',
    message: 'This file has more than {limit} documents. What follows after this line is left out.',
    help: 'Split the file, or raise the limit `documents`.',
    explanation: limits,
  },
  tooDeep: {
    code: 'ISTHMUS-READ-008',
    severity: 'blocker',
    title: 'Document is nested too deeply',
    message: 'This document nests maps and lists more than {limit} levels deep. It is left out.',
    help: 'Correct the document, or raise the limit `depth`. No Kubernetes object needs that many levels.',
    explanation: limits,
  },
  tooManyAliases: {
    code: 'ISTHMUS-READ-009',
    severity: 'blocker',
    title: 'Aliases expand to too much',
    message: 'The aliases of this document expand to more than {limit} values. It is left out.',
    help: 'Write the values out, or raise the limit `aliasExpansion`.',
    explanation: `A few lines of nested YAML aliases can stand for billions of values. The API server refuses such documents too. ${limits}`,
  },
  privateKey: {
    code: 'ISTHMUS-READ-010',
    severity: 'blocker',
    title: 'Private key in the import',
    message: 'A private key stands here. It is not stored, and neither is anything else of this document.',
    help: 'Remove the key and import again. Since it left its place, consider replacing it. Translation needs the name of a Secret only, never its content.',
    explanation:
      'Isthmus never stores credentials. In a Secret all values are dropped on reading; a private key elsewhere (a ConfigMap, a comment, a file beside the manifests) is refused with all that stands around it.',
  },
  secretValues: {
    code: 'ISTHMUS-READ-011',
    severity: 'info',
    title: 'Values of Secrets are dropped',
    message: 'This file has {count} Secret(s). Their names and types are kept, their values were dropped on reading.',
    help: 'Nothing is to be done: translation needs the names only.',
    explanation:
      'Isthmus never stores the values of Secrets, nor the copy of them that `kubectl apply` leaves in the annotation `kubectl.kubernetes.io/last-applied-configuration`.',
  },
  unexpectedType: {
    code: 'ISTHMUS-READ-012',
    severity: 'blocker',
    title: 'Value has the wrong type',
    message: '{path} is {found}, and {expected} was expected. The API server refuses this object.',
    help: 'Correct the value. Texts such as `no`, `on`, `1` or `1.5` need quotes to be texts.',
    explanation:
      'A plain `n`, `yes`, `off` or `1.0` is a boolean or a number in the YAML that the API server reads (1.1). Names, namespaces, labels, annotations and most values of Istio resources are texts.',
    example: 'metadata:\n  name: reviews\n  labels:\n    version: 1.0',
  },
  noName: {
    code: 'ISTHMUS-READ-013',
    severity: 'warning',
    title: 'Object has no name',
    message: 'This {kind} has no metadata.name, so that the API server refuses it and nothing can refer to it.',
    help: 'Give it a name, or leave it out of the import.',
    explanation: 'Every object needs `metadata.name`, or `metadata.generateName` where it is created and not applied.',
    example: 'apiVersion: networking.istio.io/v1\nkind: VirtualService\nspec: {}',
  },
  archiveDamaged: {
    code: 'ISTHMUS-READ-020',
    severity: 'blocker',
    title: 'Archive is damaged',
    message: 'This archive cannot be read: {reason}. The files before this point are used.',
    help: 'Pack the files again, or import the folder as it is.',
    explanation:
      'Archives are read as .zip, .tar, .tar.gz and .tgz. What cannot be unpacked could hold a restriction, so that its absence blocks.',
  },
  unsafePath: {
    code: 'ISTHMUS-READ-021',
    severity: 'blocker',
    title: 'Path leads out of the archive',
    message: 'The entry {path} has {reason}. It is refused.',
    help: 'Pack the archive with relative paths and without `..`.',
    explanation:
      'Entries with absolute paths or `..` write over files elsewhere when an archive is unpacked carelessly. No manifest needs them.',
  },
  archiveLink: {
    code: 'ISTHMUS-READ-022',
    severity: 'blocker',
    title: 'Archive holds a link or device',
    message: 'The entry {path} is a {type}, and a file was expected. It is refused.',
    help: 'Pack the archive with the files themselves (`tar --dereference`, `zip` without `--symlinks`).',
    explanation:
      'A link can point at any file of the machine that unpacks it. Archives are read without following links.',
  },
  compressionRatio: {
    code: 'ISTHMUS-READ-023',
    severity: 'blocker',
    title: 'Compression ratio is too high',
    message: 'The packed data of {path} unpacks to more than {limit} times its size. Unpacking stopped there.',
    help: 'Import the files themselves, or raise the limit `compressionRatio`.',
    explanation: `A small archive can unpack to any size. ${limits}`,
  },
  tooManyEntries: {
    code: 'ISTHMUS-READ-024',
    severity: 'blocker',
    title: 'Import has too many files',
    message: 'The import has more than {limit} files, entries of archives included. What follows is left out.',
    help: 'Leave out what is no manifest, or raise the limit `entries`.',
    explanation: limits,
  },
  archiveTooLarge: {
    code: 'ISTHMUS-READ-025',
    severity: 'blocker',
    title: 'Import is too large',
    message:
      'The files of the import have more than {limit} together, unpacked. {path} and what follows it are left out.',
    help: 'Leave out what is no manifest, or raise the limit `totalBytes`.',
    explanation: limits,
  },
  entryTwice: {
    code: 'ISTHMUS-READ-026',
    severity: 'blocker',
    title: 'Archive holds a path twice',
    message: 'The path {path} stands twice in this archive. The first is used, the second left out.',
    help: 'Pack the archive again with each file once.',
    explanation:
      'Tools differ in which of two entries with one path they unpack. One of the two may be the restriction that counts.',
  },
});
