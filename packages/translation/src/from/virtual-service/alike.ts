/** What says where a thing was written or why it is refused: it makes no difference to requests. */
const origins: ReadonlySet<string> = new Set(['from', 'pathFrom', 'methodFrom', 'cause']);

/** Whether two actions, settings, matches or parts of these treat requests alike, wherever they were written. */
export function alike(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((one, index) => alike(one, b[index]));
  if (Array.isArray(b)) return false;
  const [one, other] = [a as Record<string, unknown>, b as Record<string, unknown>];
  for (const key in one) if (!origins.has(key) && !alike(one[key], other[key])) return false;
  for (const key in other) if (one[key] === undefined && other[key] !== undefined && !origins.has(key)) return false;
  return true;
}
