import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readManifest } from '@isthmus/kubernetes';
import { type StructuralSchema, schemasOf } from './structural-schema.ts';

/** The folder of reference data that stands beside the project, or where `ISTHMUS_SHARED` says; with `/` at its end. */
export const sharedFolder: URL =
  process.env.ISTHMUS_SHARED === undefined
    ? new URL('../../../../shared/', import.meta.url)
    : new URL(`${process.env.ISTHMUS_SHARED.replace(/\/$/, '')}/`, 'file:///');

/** Path of a file or folder of the reference data; undefined where it is absent, so that its tests can be skipped. */
export function sharedPath(path: string): string | undefined {
  const found = fileURLToPath(new URL(path, sharedFolder));
  return existsSync(found) ? found : undefined;
}

/**
 * The schemas of a CRD file of the reference data, such as `schemas/istio/crds.yaml`, by `group/version/Kind`; empty
 * where the file is absent.
 */
export function sharedSchemas(path: string): ReadonlyMap<string, StructuralSchema> {
  const file = sharedPath(path);
  return file === undefined ? new Map() : schemasOf(readManifest(path, readFileSync(file)).resources);
}
