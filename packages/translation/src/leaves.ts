import { isMap, type Json, type JsonObject, join, parsePath, type Resource } from '@isthmus/kubernetes';
import { descend, eachLeaf, type Field, rootField } from './field.ts';

/** Whether a label or annotation key is Istio's: its prefix is `istio.io` or ends in `.istio.io`. */
export function isIstioKey(key: string): boolean {
  const slash = key.indexOf('/');
  if (slash < 0) return key === 'istio-injection';
  return key.startsWith('istio.io/') || key.endsWith('.istio.io', slash);
}

type VisitKey = (path: string, key: string, value: Json) => void;

function eachIstioKeyOf(part: 'annotations' | 'labels', metadata: JsonObject, path: string, visit: VisitKey): void {
  const map = metadata[part];
  if (!isMap(map)) return;
  for (const key in map) if (isIstioKey(key)) visit(join(join(path, part), key), key, map[key] as Json);
}

function eachIstioKey(metadata: Json | undefined, path: string, visit: VisitKey): void {
  if (!isMap(metadata)) return;
  eachIstioKeyOf('annotations', metadata, path, visit);
  eachIstioKeyOf('labels', metadata, path, visit);
}

const none: readonly [] = [];

/** Istio's annotations and labels of an object itself, each under its key; of its pods' see `contextLeavesOf`. */
export function istioMarks(resource: Resource): readonly (readonly [key: string, field: Field])[] {
  let marks: [string, Field][] | undefined;
  eachIstioKey(resource.object.metadata, 'metadata', (path, key, value) => {
    marks ??= [];
    marks.push([key, { resource, path, value }]);
  });
  return marks ?? none;
}

/**
 * The paths of the leaves that the ledger accounts for, of an Istio resource: everything under `spec` and Istio's labels
 * and annotations. A MeshConfig has no `spec`: its leaves are those of the whole object but its identity.
 */
export function leavesOf(resource: Resource): string[] {
  const paths: string[] = [];
  const visit = (path: string): void => void paths.push(path);
  const { object } = resource;
  if (resource.group === '' && resource.kind === 'MeshConfig') {
    for (const [key, value] of Object.entries(object)) eachLeaf(value, join('', key), visit);
    return paths;
  }
  if (Object.hasOwn(object, 'spec')) eachLeaf(object.spec as Json, 'spec', visit);
  eachIstioKey(object.metadata, 'metadata', visit);
  return paths;
}

/**
 * Paths of Istio's labels and annotations on an object of another group, on its pod template's too.
 * @param isRead whether a translator has read the object: one of the Gateway API then counts with all of its leaves
 */
export function contextLeavesOf(resource: Resource, isRead = false): string[] {
  const paths: string[] = [];
  const visit = (path: string): void => void paths.push(path);
  const { object } = resource;
  if (isRead && resource.group === 'gateway.networking.k8s.io' && Object.hasOwn(object, 'spec'))
    eachLeaf(object.spec as Json, 'spec', visit);
  eachIstioKey(object.metadata, 'metadata', visit);
  const spec = object.spec;
  if (!isMap(spec)) return paths;
  const template = spec.template;
  if (isMap(template)) eachIstioKey(template.metadata, 'spec.template.metadata', visit);
  const job = spec.jobTemplate;
  const jobSpec = isMap(job) ? job.spec : undefined;
  const jobPod = isMap(jobSpec) ? jobSpec.template : undefined;
  if (isMap(jobPod)) eachIstioKey(jobPod.metadata, 'spec.jobTemplate.spec.template.metadata', visit);
  return paths;
}

/** Whether a leaf stands at or under a field of the same resource that is not the whole of it. */
export function isWithin(leaf: Field, { path }: Field): boolean {
  const next = leaf.path[path.length];
  return (next === undefined || next === '.' || next === '[') && leaf.path.startsWith(path);
}

/** The leaf of a resource at one of its paths; undefined where nothing stands there. */
export const leafAt = (resource: Resource, path: string): Field | undefined =>
  descend(rootField(resource), ...(parsePath(path) ?? []));
