import { codes, type Diagnostic, diagnose } from '@isthmus/diagnostics';
import { isMap, type JsonObject, lineAndColumn, parseYaml, type Resource, YamlError } from '@isthmus/kubernetes';

/** Whether a ConfigMap is one that istiod reads: `istio`, or `istio-<revision>` (istio/pkg/config/mesh/kubemesh/watcher.go, 1.32). */
export function holdsMeshConfig(resource: Resource): boolean {
  return (
    resource.group === '' &&
    resource.kind === 'ConfigMap' &&
    (resource.name === 'istio' || resource.name.startsWith('istio-')) &&
    isMap(resource.object.data) &&
    ['mesh', 'meshNetworks'].some((key) => typeof (resource.object.data as JsonObject)[key] === 'string')
  );
}

/** The MeshConfig inside an `istio` ConfigMap as a resource of its own; undefined with a diagnostic where it cannot be read, or where it is empty. */
export function extractMeshConfig(configMap: Resource): { resource?: Resource; diagnostic?: Diagnostic } {
  const data = configMap.object.data;
  const text = isMap(data) ? data.mesh : undefined;
  if (typeof text !== 'string') return {};
  const broken = (reason: string): { diagnostic: Diagnostic } => {
    const { apiVersion, kind, namespace, name, source } = configMap;
    return {
      diagnostic: diagnose(
        codes.estate.brokenMeshConfig,
        { reason },
        { resource: { apiVersion, kind, namespace, name }, file: source.file, line: source.line, path: 'data.mesh' },
      ),
    };
  };
  try {
    const object = parseYaml(text)[0]?.value;
    if (object === undefined || object === null) return {};
    if (!isMap(object)) return broken('a map was expected');
    return {
      resource: {
        ...configMap,
        apiVersion: 'v1',
        kind: 'MeshConfig',
        labels: {},
        annotations: {},
        object,
        source: {
          ...configMap.source,
          within: `${configMap.source.within ?? ''}${configMap.source.within ? '.' : ''}data.mesh`,
        },
      },
    };
  } catch (error) {
    if (error instanceof YamlError)
      return broken(`${error.message} (line ${lineAndColumn(text, error.offset).line} of the text)`);
    throw error;
  }
}
