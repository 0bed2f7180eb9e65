/** Counts steps, so that tests can tell how work grows. */
export interface Tally {
  steps: number;
}

/**
 * The strongly connected components of a graph (Tarjan, without recursion, so that a long chain does not exhaust the stack):
 * for each node the number of its component. Components are numbered so that whatever one reaches has a lower number.
 * @param next for each node the nodes that it points to
 */
export function components(next: readonly (readonly number[])[], tally: Tally = { steps: 0 }): number[] {
  const size = next.length;
  const index = new Array<number>(size).fill(-1);
  const low = new Array<number>(size).fill(0);
  const component = new Array<number>(size).fill(-1);
  const cursor = new Array<number>(size).fill(0);
  const open: number[] = [];
  let visited = 0;
  let count = 0;
  for (let start = 0; start < size; start++) {
    if (index[start] !== -1) continue;
    const path = [start];
    index[start] = low[start] = visited++;
    open.push(start);
    while (path.length > 0) {
      tally.steps++;
      const node = path.at(-1) as number;
      const to = next[node]?.[cursor[node] as number];
      if (to !== undefined) {
        (cursor[node] as number)++;
        if (index[to] === -1) {
          index[to] = low[to] = visited++;
          open.push(to);
          path.push(to);
        } else if (component[to] === -1) low[node] = Math.min(low[node] as number, index[to] as number);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) low[parent] = Math.min(low[parent] as number, low[node] as number);
      if (low[node] !== index[node]) continue;
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        component[member] = count;
        if (member === node) break;
      }
      count++;
    }
  }
  return component;
}
