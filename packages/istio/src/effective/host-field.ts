import { effectiveNamespace, type Field, text } from '@isthmus/kubernetes';
import { resolveHost } from './host.ts';
import type { MeshSettings } from './mesh-settings.ts';

/** A host as a resource writes it, with the name that it stands for there. */
export interface HostField extends Field<string> {
  readonly host: string;
}

/** Completes a host with the namespace of the resource that it stands in; undefined where the field is no text. */
export function readHost(field: Field | undefined, { clusterDomain }: MeshSettings): HostField | undefined {
  const written = text(field);
  if (written === undefined) return undefined;
  const { resource, path, value } = written;
  return { resource, path, value, host: resolveHost(value, effectiveNamespace(resource), clusterDomain) };
}
