import { RE2JS, RE2JSException } from 're2js';

/** A compiled regular expression of RE2, the dialect of both meshes' proxies. */
export interface RegularExpression {
  readonly pattern: string;
  /** Whether the expression matches the whole text. */
  matches(text: string): boolean;
  /** The first place where the expression matches: the match and its groups (undefined: not taken part); undefined where there is none. */
  find(text: string): readonly (string | undefined)[] | undefined;
  /** Replaces every match as Envoy's `regex_rewrite` does: `\1` is the first group, `\0` the match, `\\` a backslash. */
  replaceAll(text: string, substitution: string): string;
}

/** Why RE2 refuses a pattern. */
export class RegularExpressionError extends Error {}

const known = new Map<string, RegularExpression>();
const mostKnown = 10_000;

// The library's own replacement knows other escapes.
function replaceAll(compiled: RE2JS, text: string, substitution: string): string {
  const matcher = compiled.matcher(text);
  let result = '';
  let end = 0;
  let matched = false;
  while (matcher.find()) {
    // No empty match right behind the last one (re2, re2.cc GlobalReplace): `(.*)` matches once.
    if (matched && matcher.start() === end && matcher.end() === end) continue;
    matched = true;
    const replacement = substitution.replace(/\\(\\|\d)/g, (_, what) =>
      what === '\\' ? '\\' : (matcher.group(Number(what)) ?? ''),
    );
    result += text.slice(end, matcher.start()) + replacement;
    end = matcher.end();
  }
  return result + text.slice(end);
}

function find(compiled: RE2JS, text: string): readonly (string | undefined)[] | undefined {
  const matcher = compiled.matcher(text);
  if (!matcher.find()) return undefined;
  return Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? undefined);
}

/** Compiles a pattern; throws a RegularExpressionError where RE2 would refuse it. */
export function compileExpression(pattern: string): RegularExpression {
  const before = known.get(pattern);
  if (before !== undefined) return before;
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof RE2JSException) throw new RegularExpressionError(error.message);
    throw error;
  }
  const expression: RegularExpression = {
    pattern,
    matches: (text) => compiled.matches(text),
    find: (text) => find(compiled, text),
    replaceAll: (text, substitution) => replaceAll(compiled, text, substitution),
  };
  if (known.size >= mostKnown) known.clear();
  known.set(pattern, expression);
  return expression;
}
