/** Says on a terminal what long work is at; silent where nobody watches. */
export interface Progress {
  /** Replaces what was said; at most ten times a second. */
  say(text: string): void;
  /** Takes the line away. */
  end(): void;
}

const atMostEvery = 100;

/** Progress on a stream, when it is a terminal. */
export function createProgress(stream: NodeJS.WriteStream): Progress {
  let last = Date.now();
  let isShown = false;
  return {
    say(text) {
      const now = Date.now();
      if (stream.isTTY !== true || now - last < atMostEvery) return;
      last = now;
      isShown = true;
      stream.write(`\r${text}\u001b[K`);
    },
    end() {
      if (isShown) stream.write('\r\u001b[K');
      isShown = false;
    },
  };
}
