/** Something to be computed in a thread. */
export interface Job<Value> {
  /** Whose it is: of one migration no more than one runs at a time, so that it can never take all threads. */
  readonly of: string;
  /** What a thread keeps of it. */
  readonly keeps: string;
  /** Aborted when nobody waits any more; what does not run yet is not begun then. */
  readonly left?: AbortSignal | undefined;
  run(lane: number): Promise<Value>;
}

interface Waiting {
  readonly job: Job<unknown>;
  begin(lane: number): Promise<void>;
}

interface Lane {
  running: string | undefined;
  /** The last ones first. */
  kept: string[];
}

// As many translations as a thread keeps (workers/snapshot.ts).
const mostKept = 2;

/**
 * Hands jobs to lanes of one thread each. Whoever was served longest ago comes first, in a lane that keeps what it needs
 * if one is free, else in the one that keeps least.
 */
export function createLanes(count: number, gone: () => Error) {
  const lanes = Array.from({ length: count }, (): Lane => ({ running: undefined, kept: [] }));
  const waiting: Waiting[] = [];
  const served = new Map<string, number>();
  let turn = 0;

  function next(): { readonly found: Waiting; readonly lane: Lane } | undefined {
    const free = lanes.filter(({ running }) => running === undefined);
    const busy = new Set(lanes.map(({ running }) => running));
    const turnOf = ({ job }: Waiting): number => served.get(job.of) ?? 0;
    const found = waiting
      .filter(({ job }) => !busy.has(job.of))
      .reduce<Waiting | undefined>(
        (first, one) => (first === undefined || turnOf(one) < turnOf(first) ? one : first),
        undefined,
      );
    if (found === undefined || free.length === 0) return undefined;
    const least = free.reduce((a, b) => (b.kept.length < a.kept.length ? b : a));
    return { found, lane: free.find(({ kept }) => kept.includes(found.job.keeps)) ?? least };
  }

  function fill(): void {
    for (let one = next(); one !== undefined; one = next()) {
      const { found, lane } = one;
      const { of, keeps } = found.job;
      waiting.splice(waiting.indexOf(found), 1);
      lane.running = of;
      lane.kept = [keeps, ...lane.kept.filter((other) => other !== keeps)].slice(0, mostKept);
      served.delete(of);
      served.set(of, ++turn);
      // Who came long ago is served as early as who is new.
      if (served.size > 1000) served.delete(served.keys().next().value as string);
      void found.begin(lanes.indexOf(lane)).finally(() => {
        lane.running = undefined;
        fill();
      });
    }
  }

  return {
    /** What a job gives; fails with `gone` as soon as nobody waits, though what runs may go on for a while. */
    run<Value>(job: Job<Value>): Promise<Value> {
      return new Promise<Value>((resolve, reject) => {
        const { left } = job;
        if (left?.aborted) return reject(gone());
        const one: Waiting = {
          job,
          begin: (lane) =>
            job
              .run(lane)
              .then(resolve, reject)
              .finally(() => left?.removeEventListener('abort', leave)),
        };
        const leave = (): void => {
          const place = waiting.indexOf(one);
          if (place !== -1) waiting.splice(place, 1);
          reject(gone());
        };
        left?.addEventListener('abort', leave, { once: true });
        waiting.push(one);
        fill();
      });
    },
    /** A lane's thread is another one, which keeps nothing yet. */
    forget(lane: number): void {
      (lanes[lane] as Lane).kept = [];
    },
  };
}
