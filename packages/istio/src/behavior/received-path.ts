import { mergeSlashes, normalizePath, splitPath } from '@isthmus/behavior';
import { descend, text } from '@isthmus/kubernetes';
import type { MeshSettings } from '../effective/mesh-settings.ts';

/**
 * Path and query as a sidecar's routes see them, by MeshConfig's `pathNormalization` (BASE where it says nothing; routing.md
 * T20): a fragment is cut off, then escaped slashes are decoded, dots resolved and slashes merged, as far as the setting goes.
 * Undefined where the proxy refuses the request with 400.
 */
export const receivedPath = (mesh: MeshSettings, path: string): string | undefined =>
  normalizedPath(pathNormalization(mesh), path);

/** MeshConfig's `pathNormalization.normalization`; undefined where it says nothing. */
export const pathNormalization = (mesh: MeshSettings): string | undefined =>
  text(descend(mesh.config, 'pathNormalization', 'normalization'))?.value;

/** Path and query under a setting of `pathNormalization`; see `receivedPath`. */
export function normalizedPath(setting: string | undefined, path: string): string | undefined {
  const [whole = ''] = path.split('#', 1);
  if (setting === 'NONE') return whole;
  const { path: written, query } = splitPath(whole);
  const suffix = query === undefined ? '' : `?${query}`;
  const decodes = setting === 'DECODE_AND_MERGE_SLASHES';
  const normalized = normalizePath(
    `${decodes ? written.replace(/%2f/gi, '/').replace(/%5c/gi, '\\') : written}${suffix}`,
  );
  if (normalized === undefined || (!decodes && setting !== 'MERGE_SLASHES')) return normalized;
  return mergeSlashes(normalized);
}
