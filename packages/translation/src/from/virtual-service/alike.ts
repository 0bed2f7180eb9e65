/** What says where a thing was written or why it is refused: it makes no difference to requests. */
const origins: ReadonlySet<string> = new Set(['from', 'pathFrom', 'methodFrom', 'cause']);

/** Whether two actions, settings, matches or parts of these treat requests alike, wherever they were written. */
export function alike(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let index = 0; index < a.length; index++) if (!alike(a[index], b[index])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  const one = a as Record<string, unknown>;
  const other = b as Record<string, unknown>;
  for (const key in one) if (!origins.has(key) && !alike(one[key], other[key])) return false;
  for (const key in other) if (one[key] === undefined && other[key] !== undefined && !origins.has(key)) return false;
  return true;
}
