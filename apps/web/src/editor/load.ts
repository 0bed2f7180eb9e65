type Monaco = typeof import('./monaco.ts');

let loading: Promise<Monaco> | undefined;

/** Loads the editor when it is first needed; a load that failed is tried again by the next call. */
export function loadMonaco(): Promise<Monaco> {
  loading ??= import('./monaco.ts').catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

export type { Monaco };
