import { checkEdgeResource, isEdgeGroup } from '@isthmus/kong-gateway';
import { checkAdmission } from '@isthmus/kong-mesh';
import type { JsonObject, Violation } from '@isthmus/kubernetes';
import type { EmittedObject } from './emitted.ts';
import type { Settings } from './settings.ts';

const groupOf = ({ apiVersion }: EmittedObject): string => apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')));

/** Whether an emitted resource is one of the edge, which Kong Gateway's side admits and not Kong Mesh's. */
export const isOfEdge = (object: EmittedObject): boolean => isEdgeGroup(groupOf(object));

type Targeted = Pick<Settings, 'systemNamespace' | 'target'>;

/** All that the admission of its target has against a resource; empty where it may be applied. */
export function objectionsTo(object: EmittedObject, { systemNamespace, target }: Targeted): Violation[] {
  if (!object.apiVersion.startsWith('kuma.io/'))
    return isOfEdge(object) ? checkEdgeResource(object as unknown as JsonObject) : [];
  const admission = checkAdmission(object as unknown as JsonObject, target, { systemNamespace });
  return admission.accepted
    ? []
    : admission.violations.map(({ at, path, message }): Violation => ({ path: at ?? path, message }));
}

/** Why a resource must not be applied, by the admission of its target; undefined where it may. */
export const objectionTo = (object: EmittedObject, settings: Targeted): Violation | undefined =>
  objectionsTo(object, settings)[0];
