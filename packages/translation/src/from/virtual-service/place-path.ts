import type { PathRewrite } from '@isthmus/behavior';
import type { PathFilter } from './action.ts';
import type { Match, Path } from './match.ts';

/** A part of the requests of a step, with their new path. */
export interface Piece {
  readonly path: Path;
  readonly filter: PathFilter | undefined;
}

/** How a new path is written in Kong Mesh. */
export interface PlacedPath {
  readonly pieces: readonly Piece[];
  /** Paths that the pieces would take too, though the step does not; they belong to the steps behind it. */
  readonly others: readonly Path[];
  /** Paths of the step that no piece takes, since Kong Mesh replaces whole path segments only (routing.md T23). */
  readonly lost: readonly Path[];
}

// A full path is written as a substitution, in which a backslash is special (routing.md T25).
const full = (value: string): PathFilter => ({ type: 'ReplaceFullPath', value: value.replaceAll('\\', '\\\\') });

/**
 * Writes a rewrite of the paths of a match for Kong Mesh; undefined where it cannot be written. Istio replaces the text that
 * was matched; Kong Mesh replaces path segments with the slash behind them, and for a path of just the prefix the whole
 * (routing.md 2.3, T21 to T25; verified by running).
 */
export function placePath({ path }: Match, rewrite: PathRewrite | undefined): PlacedPath | undefined {
  const only = (filter: PathFilter | undefined): PlacedPath => ({ pieces: [{ path, filter }], others: [], lost: [] });
  if (rewrite === undefined) return only(undefined);
  if (rewrite.kind === 'full') return only(full(rewrite.value));
  if (rewrite.kind === 'regex') return undefined;
  const { length, replacement } = rewrite;
  switch (path.kind) {
    case 'exact':
      return only(full(replacement + path.value.slice(length)));
    case 'regex':
      return undefined;
    case 'segment': {
      const next = replacement + path.value.slice(length);
      return {
        pieces: [
          { path: { kind: 'exact', value: path.value }, filter: full(next) },
          { path, filter: { type: 'ReplacePrefixMatch', value: `${next}/` } },
        ],
        others: [],
        lost: [],
      };
    }
    case 'prefix': {
      const next = replacement + path.value.slice(length);
      if (path.value === '/') return only({ type: 'ReplacePrefixMatch', value: next });
      if (path.value.endsWith('/')) {
        const segment = path.value.slice(0, -1);
        return {
          pieces: [{ path: { kind: 'segment', value: segment }, filter: { type: 'ReplacePrefixMatch', value: next } }],
          others: [{ kind: 'exact', value: segment }],
          lost: [],
        };
      }
      return {
        pieces: [
          { path: { kind: 'exact', value: path.value }, filter: full(next) },
          { path: { kind: 'segment', value: path.value }, filter: { type: 'ReplacePrefixMatch', value: `${next}/` } },
        ],
        others: [],
        lost: [path],
      };
    }
  }
}
