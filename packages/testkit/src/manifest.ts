import type { Json, JsonObject } from '@isthmus/kubernetes';
import { type Resource, readManifest, stringifyJson } from '@isthmus/kubernetes';

/** A Kubernetes object as a manifest writes it. */
export type Manifest = JsonObject & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: JsonObject & { readonly name: string; readonly namespace?: string };
};

/** Builds a manifest; keys whose value is undefined are left out. */
export function manifest(
  apiVersion: string,
  kind: string,
  metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: Json | undefined },
  spec?: JsonObject,
): Manifest {
  const present = Object.entries(metadata).filter(([, value]) => value !== undefined);
  const object = { apiVersion, kind, metadata: Object.fromEntries(present) };
  return (spec === undefined ? object : { ...object, spec }) as Manifest;
}

/** Reads manifests as an import would, each from a file of its own: `0.json`, `1.json`, …; throws where one is not read. */
export function asResources(manifests: readonly JsonObject[]): Resource[] {
  const encoder = new TextEncoder();
  return manifests.flatMap((object, index) => {
    const { resources, diagnostics } = readManifest(`${index}.json`, encoder.encode(stringifyJson(object)));
    if (resources.length === 0) throw new Error(`not read: ${stringifyJson(object)} ${JSON.stringify(diagnostics)}`);
    return resources;
  });
}
