import { type PathRewrite, rewritePath } from '@isthmus/behavior';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { everyRequest, type Path, pathTakes } from './match.ts';
import { type Piece, placePath } from './place-path.ts';

const segment = fc.constantFrom('a', 'ab', 'b');
const text = fc.array(segment, { maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
const withSlash = fc.tuple(text, fc.boolean()).map(([path, slash]) => (slash && path !== '/' ? `${path}/` : path));

/** What Kong Mesh makes of a path: of a prefix with its slash, and of the prefix alone (routing.md 2.3). */
function asKong({ path, filter }: Piece, asked: string): string {
  if (filter === undefined) return asked;
  if (filter.type === 'ReplaceFullPath') return filter.value;
  const value = path.kind === 'regex' ? '' : path.value;
  if (value === '/') return filter.value + asked.slice(1);
  return asked === value ? filter.value : filter.value + asked.slice(value.length + 1);
}

const placed = (path: Path, rewrite: PathRewrite) => placePath({ ...everyRequest, path }, rewrite);

describe('a new prefix', () => {
  test('comes out as in Istio, or the path is refused or belongs to others', () => {
    fc.assert(
      fc.property(withSlash, withSlash, text, (prefix, replacement, asked) => {
        const rewrite: PathRewrite = { kind: 'prefix', length: prefix.length, replacement };
        const path: Path = { kind: 'prefix', value: prefix };
        const found = placed(path, rewrite);
        if (found === undefined) throw new Error('a prefix can always be placed');
        const piece = found.pieces.find((one) => pathTakes(one.path, asked));
        const isOther = found.others.some((one) => pathTakes(one, asked));
        if (!pathTakes(path, asked)) expect(piece === undefined || isOther).toBe(true);
        else if (piece === undefined) expect(found.lost.some((one) => pathTakes(one, asked))).toBe(true);
        else if (!isOther) expect(asKong(piece, asked)).toBe(rewritePath(rewrite, asked));
      }),
      { numRuns: 3_000 },
    );
  });

  test('that is the old one needs nothing', () => {
    expect(placed({ kind: 'prefix', value: '/a' }, { kind: 'prefix', length: 2, replacement: '/a' })).toMatchObject({
      pieces: [{ filter: undefined }],
      lost: [],
    });
  });

  test('without regard to case is written for the spelling of the rule', () => {
    const path: Path = { kind: 'regex', pattern: '(?i:/A/).*', prefix: '/A/' };
    expect(placed(path, { kind: 'prefix', length: 3, replacement: '/b/' })).toEqual({
      pieces: [{ path: { kind: 'segment', value: '/A' }, filter: { type: 'ReplacePrefixMatch', value: '/b/' } }],
      others: [{ kind: 'exact', value: '/A' }],
      refused: [],
      lost: [path],
    });
  });

  test('of an expression is not to be had', () => {
    expect(placed({ kind: 'regex', pattern: '/a+' }, { kind: 'prefix', length: 1, replacement: '/b' })).toBeUndefined();
  });
});

describe('a rewrite by expression', () => {
  const rewrite: PathRewrite = { kind: 'regex', pattern: '^/v([0-9]+)/(.*)$', substitution: '/r\\1/\\2' };

  test('is computed for an exact path', () => {
    expect(placed({ kind: 'exact', value: '/v1/x' }, rewrite)?.pieces).toEqual([
      { path: { kind: 'exact', value: '/v1/x' }, filter: { type: 'ReplaceFullPath', value: '/r1/x' } },
    ]);
  });

  test('is refused for the paths that it changes, and only for these', () => {
    const found = placed({ kind: 'prefix', value: '/' }, rewrite);
    expect(found?.refused).toEqual([{ kind: 'regex', pattern: '/v([0-9]+)/(.*)' }]);
    expect(found?.pieces).toEqual([{ path: { kind: 'prefix', value: '/' }, filter: undefined }]);
    expect(placed({ kind: 'prefix', value: '/w' }, rewrite)?.refused).toEqual([]);
  });

  test('with alternatives cannot be told apart', () => {
    expect(placed({ kind: 'prefix', value: '/' }, { ...rewrite, pattern: '^/a|/b' })).toBeUndefined();
  });
});

test('a backslash stays one in a substitution', () => {
  expect(placed({ kind: 'exact', value: '/a' }, { kind: 'full', value: '/b\\1' })?.pieces[0]?.filter).toEqual({
    type: 'ReplaceFullPath',
    value: '/b\\\\1',
  });
});
