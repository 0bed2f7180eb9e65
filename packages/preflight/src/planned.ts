import { type Json, type JsonObject, mapOf, type Resource } from '@isthmus/kubernetes';

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const textsOf = (value: Json | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(mapOf(value)).map(([key, one]) => [key, String(one)]));

/** An object that the translation emits as a resource without a place in a file, for the checks of what is planned. */
export function plannedResource(object: JsonObject): Resource {
  const metadata = mapOf(object.metadata);
  const apiVersion = textOf(object.apiVersion);
  return {
    apiVersion,
    group: apiVersion.includes('/') ? (apiVersion.split('/', 1)[0] ?? '') : '',
    kind: textOf(object.kind),
    namespace: textOf(metadata.namespace),
    name: textOf(metadata.name),
    labels: textsOf(metadata.labels),
    annotations: textsOf(metadata.annotations),
    object,
    source: { file: '', line: 1, document: 0 },
  };
}
