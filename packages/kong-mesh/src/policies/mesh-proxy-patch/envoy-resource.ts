import { isMap, type Json, parseYaml, YamlError } from '@isthmus/kubernetes';

/** The resources of Envoy that a MeshProxyPatch adds or changes. */
export type EnvoyResource = 'Cluster' | 'Listener' | 'VirtualHost' | 'NetworkFilter' | 'HttpFilter';

function read(text: string): Json | undefined {
  try {
    return parseYaml(text)[0]?.value ?? null;
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

export function envoyProblem(text: string, _resource: EnvoyResource, extent: 'whole' | 'part'): string | undefined {
  const value = read(text);
  if (value === undefined) return 'it must be YAML';
  if (value === null) return extent === 'part' ? undefined : 'it must not be empty';
  if (!isMap(value)) return 'it must be an object';
  return undefined;
}
