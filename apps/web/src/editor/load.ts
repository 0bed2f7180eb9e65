type Monaco = typeof import('./monaco.ts');
type Yaml = typeof import('./yaml.ts');

/** Loads a module when it is first needed; a load that failed is tried again by the next call. */
function once<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let loading: Promise<Module> | undefined;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}

/** The editor. */
export const loadMonaco = once(() => import('./monaco.ts'));

/** What an editor for writing YAML needs besides. */
export const loadYaml = once(() => import('./yaml.ts'));

/** What draws diagrams. */
export const loadMermaid = once(() => import('./mermaid.ts'));

export type { Monaco, Yaml };
