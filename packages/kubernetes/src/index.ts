export { isArchive, isArchivePath, isManifestPath, spend, type Unpacked, unpack } from './archive.ts';
export { clusterAnnotation, clusterOfPath } from './cluster.ts';
export { formatDuration, formatProtoDuration, parseDuration, parseProtoDuration } from './duration.ts';
export {
  child,
  descend,
  eachLeaf,
  entries,
  type Field,
  flag,
  items,
  number,
  rootField,
  text,
} from './field.ts';
export { compareIdentity, effectiveNamespace, type Identity, identityKey, isClusterScoped } from './identity.ts';
export { entriesBefore, isList, isMap, JsonError, mapOf, parseJson, setKey, stringifyJson } from './json.ts';
export {
  defaultLimits,
  formatBytes,
  isLimit,
  type Limits,
  limitsFrom,
  nothingSpent,
  parseLimit,
  type Spent,
} from './limits.ts';
export { locate, locateAll, type Span } from './locate.ts';
export { dnsLabel, shortHash } from './names.ts';
export { nobodyLabel } from './nobody.ts';
export { applyPatch } from './patch.ts';
export type { Step } from './path.ts';
export { formatPath, join, parsePath } from './path.ts';
export { checkOtherFile, readManifest, redact } from './read.ts';
export type { FileReading, Unidentified } from './reading.ts';
export type { Json, JsonObject, Resource, Source } from './resource.ts';
export { type LabelRequirement, type LabelSelector, matchesLabels, matchesSelector, sameLabels } from './selectors.ts';
export { type Checker, compileSchema, type StructuralSchema, type Violation } from './structural-schema.ts';
export { camelCase, isBase64, lineAndColumn } from './text.ts';
export { writeYaml, writeYamlDocuments } from './write-yaml.ts';
export { parseYaml, type YamlDocument } from './yaml.ts';
export { YamlError } from './yaml-events.ts';
