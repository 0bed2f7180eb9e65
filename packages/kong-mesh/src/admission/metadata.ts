import { isMap, type Json, type JsonObject, join } from '@isthmus/kubernetes';
import { isDnsSubdomain } from '../policies/common/names.ts';
import type { Report } from '../policies/common/resource.ts';
import type { UnknownField } from '../schema/unknown-fields.ts';

const labelValue = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const labelName = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

function isQualifiedName(key: string): boolean {
  const slash = key.indexOf('/');
  if (slash < 0) return labelName.test(key);
  return isDnsSubdomain(key.slice(0, slash)) && labelName.test(key.slice(slash + 1));
}

const itemOf = (path: string, key: string): string => `${path}[${JSON.stringify(key)}]`;

/** Reports what is wrong with a map of texts; gives it back where it is a map. */
function checkMap(value: Json | undefined, path: string, report: Report): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isMap(value)) {
    report(path, 'it must be an object');
    return undefined;
  }
  for (const key in value) {
    if (typeof value[key] !== 'string') report(itemOf(path, key), 'it must be a string');
    if (!isQualifiedName(key))
      report(itemOf(path, key), 'the key must be a name with an optional prefix, which is a DNS name');
  }
  return value;
}

const fields = new Set([
  'annotations',
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'finalizers',
  'generateName',
  'generation',
  'labels',
  'managedFields',
  'name',
  'namespace',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
]);

/** The fields of `metadata` that no object has. */
export function unknownMetadata({ metadata }: JsonObject): UnknownField[] {
  const unknown: UnknownField[] = [];
  if (!isMap(metadata)) return unknown;
  for (const key in metadata)
    if (!fields.has(key)) unknown.push({ path: `metadata.${key}`, at: join('metadata', key) });
  return unknown;
}

/** Labels that Kuma's webhook turns into annotations, whose values are free (kuma, pkg/plugins/resources/k8s/store.go). */
const intoAnnotations = new Set(['kuma.io/display-name', 'k8s.kuma.io/service-account', 'kuma.io/workload']);

/** Reports what the API server refuses in the metadata of any object (k8s.io/apimachinery 1.33, pkg/api/validation). */
export function checkMetadata({ metadata }: JsonObject, report: Report): void {
  if (!isMap(metadata)) {
    report('metadata', metadata === undefined ? 'it is required' : 'it must be an object');
    return;
  }
  if (typeof metadata.name !== 'string' || metadata.name === '') report('metadata.name', 'it is required');
  else if (!isDnsSubdomain(metadata.name))
    report(
      'metadata.name',
      'it must consist of lower-case letters, digits, - and ., with a letter or digit at both ends',
    );
  const { namespace = null } = metadata;
  if (namespace !== null && typeof namespace !== 'string') report('metadata.namespace', 'it must be a string');
  const labels = checkMap(metadata.labels, 'metadata.labels', report);
  for (const key in labels) {
    const value = labels[key];
    if (typeof value === 'string' && !intoAnnotations.has(key) && !labelValue.test(value))
      report(
        itemOf('metadata.labels', key),
        'it must have at most 63 letters, digits, -, _ and ., with a letter or digit at both ends',
      );
  }
  checkMap(metadata.annotations, 'metadata.annotations', report);
}
