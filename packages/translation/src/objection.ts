import { checkEdgeResource, isEdgeGroup } from '@isthmus/kong-gateway';
import { checkAdmission } from '@isthmus/kong-mesh';
import type { JsonObject, Violation } from '@isthmus/kubernetes';
import type { EmittedObject } from './emitted.ts';
import type { Settings } from './settings.ts';

const groupOf = ({ apiVersion }: EmittedObject): string => apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')));

/** Whether an emitted resource is one of the edge, which Kong Gateway's side admits and not Kong Mesh's. */
export const isOfEdge = (object: EmittedObject): boolean => isEdgeGroup(groupOf(object));

/** Why a resource must not be applied, by the admission of its target; undefined where it may. */
export function objectionTo(
  object: EmittedObject,
  { systemNamespace, target }: Pick<Settings, 'systemNamespace' | 'target'>,
): Violation | undefined {
  if (isOfEdge(object)) return checkEdgeResource(object as unknown as JsonObject)[0];
  if (!object.apiVersion.startsWith('kuma.io/')) return undefined;
  const admission = checkAdmission(object as unknown as JsonObject, target, { systemNamespace });
  const [first] = admission.accepted ? [] : admission.violations;
  return first === undefined ? undefined : { path: first.at ?? first.path, message: first.message };
}
