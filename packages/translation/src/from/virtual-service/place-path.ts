import { compileExpression, type PathRewrite } from '@isthmus/behavior';
import type { PathFilter } from './action.ts';
import { type Match, type Path, pathIntersection } from './match.ts';

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
  /** Paths of the pieces whose new path cannot be written: they are refused first. */
  readonly refused: readonly Path[];
  /** Paths of the step that no piece takes, since Kong Mesh replaces whole path segments only (routing.md T23). */
  readonly lost: readonly Path[];
}

// A full path is written as a substitution, in which a backslash is special (routing.md T25).
const full = (value: string): PathFilter => ({ type: 'ReplaceFullPath', value: value.replaceAll('\\', '\\\\') });

/** An expression for the whole paths in which another one matches somewhere. */
function withMatchOf(pattern: string): string {
  const start = pattern.startsWith('^') ? pattern.slice(1) : `.*(?:${pattern})`;
  if (start.endsWith('$') && !start.endsWith('\\$')) return start.slice(0, -1);
  return `${start}.*`;
}

/** Of a rewrite by expression the paths that it changes are refused; all others stay as they are. */
function placeExpression(path: Path, pattern: string, substitution: string): PlacedPath | undefined {
  if (path.kind === 'exact') {
    const next = compileExpression(pattern).replaceAll(path.value, substitution);
    const filter = next === path.value ? undefined : full(next);
    return { pieces: [{ path, filter }], others: [], refused: [], lost: [] };
  }
  // An alternative beside an anchor would change what the anchor belongs to.
  if (pattern.includes('|')) return undefined;
  const changed = pathIntersection(path, { kind: 'regex', pattern: withMatchOf(pattern) });
  if (changed === undefined) return undefined;
  return {
    pieces: [{ path, filter: undefined }],
    others: [],
    refused: changed === 'empty' ? [] : [changed],
    lost: [],
  };
}

/**
 * Writes a rewrite of the paths of a match for Kong Mesh; undefined where it cannot be written. Istio replaces the text that
 * was matched; Kong Mesh replaces path segments with the slash behind them, and for a path of just the prefix the whole
 * (routing.md 2.3, T21 to T25; verified by running).
 */
export function placePath(match: Match, rewrite: PathRewrite | undefined): PlacedPath | undefined {
  const { path } = match;
  const only = (filter: PathFilter | undefined): PlacedPath => ({
    pieces: [{ path, filter }],
    others: [],
    refused: [],
    lost: [],
  });
  if (rewrite === undefined) return only(undefined);
  if (rewrite.kind === 'full') return only(full(rewrite.value));
  if (rewrite.kind === 'regex') return placeExpression(path, rewrite.pattern, rewrite.substitution);
  const { length, replacement } = rewrite;
  const written = path.kind === 'regex' ? path.prefix : path.value;
  if (written?.slice(0, length) === replacement && path.kind !== 'regex') return only(undefined);
  switch (path.kind) {
    case 'exact':
      return only(full(replacement + path.value.slice(length)));
    case 'regex': {
      if (path.prefix === undefined) return undefined;
      // In the spelling of the rule the prefix can be replaced, in others it cannot.
      const placed = placePath({ ...match, path: { kind: 'prefix', value: path.prefix } }, rewrite);
      return placed && { ...placed, lost: [path] };
    }
    case 'segment': {
      const next = replacement + path.value.slice(length);
      return {
        pieces: [
          { path: { kind: 'exact', value: path.value }, filter: full(next) },
          { path, filter: { type: 'ReplacePrefixMatch', value: `${next}/` } },
        ],
        others: [],
        refused: [],
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
          refused: [],
          lost: [],
        };
      }
      return {
        pieces: [
          { path: { kind: 'exact', value: path.value }, filter: full(next) },
          { path: { kind: 'segment', value: path.value }, filter: { type: 'ReplacePrefixMatch', value: `${next}/` } },
        ],
        others: [],
        refused: [],
        lost: [path],
      };
    }
  }
}
