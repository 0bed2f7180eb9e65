/** Who calls whom within a group. */
type Next = ReadonlyMap<string, readonly string[]>;

/**
 * A shortest circle of calls through the first service of a group, which is why its services move together: `a`, `b`, `a`.
 * Empty where there is none.
 */
export function circleOf(group: readonly string[], next: Next): string[] {
  const [start] = group;
  if (start === undefined || group.length < 2) return [];
  const within = new Set(group);
  const from = new Map<string, string>();
  const queue = [start];
  for (const id of queue)
    for (const to of next.get(id) ?? []) {
      if (to === start) {
        const circle = [start];
        for (let at: string | undefined = id; at !== undefined && at !== start; at = from.get(at)) circle.push(at);
        return [...circle, start].reverse();
      }
      if (!within.has(to) || from.has(to)) continue;
      from.set(to, id);
      queue.push(to);
    }
  return [];
}
