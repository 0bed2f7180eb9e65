import { codes, type Diagnostic, diagnose } from '@isthmus/diagnostics';
import { isList, isMap, type Resource } from '@isthmus/kubernetes';

const label = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const transports: ReadonlySet<unknown> = new Set(['TCP', 'UDP', 'SCTP']);
const longest = 253;

/**
 * What the API server would refuse in an object that the import holds all the same, as far as the meaning of others hangs on it:
 * its name, its namespace, the transports of a Service's ports. Places are given by path.
 */
export function checkPossible(resource: Resource): Diagnostic[] {
  const { apiVersion, kind, namespace, name, source, object } = resource;
  const at = (path: string) => ({
    resource: { apiVersion, kind, namespace, name },
    file: source.file,
    line: source.line,
    path,
  });
  const found: Diagnostic[] = [];
  if (name !== '' && (!subdomain.test(name) || name.length > longest))
    found.push(diagnose(codes.estate.impossibleName, { what: 'name', kind, name }, at('metadata.name')));
  if (namespace !== '' && !label.test(namespace))
    found.push(
      diagnose(codes.estate.impossibleName, { what: 'namespace', kind, name: namespace }, at('metadata.namespace')),
    );
  const ports = isMap(object.spec) ? object.spec.ports : undefined;
  if (kind !== 'Service' || resource.group !== '' || !isList(ports)) return found;
  for (const [index, port] of ports.entries()) {
    if (!isMap(port) || port.protocol === undefined || port.protocol === null || transports.has(port.protocol))
      continue;
    const what = { port: String(port.port), protocol: String(port.protocol) };
    found.push(diagnose(codes.estate.impossibleProtocol, what, at(`spec.ports[${index}].protocol`)));
  }
  return found;
}
