import { codes, type Diagnostic, diagnose } from '@isthmus/diagnostics';
import type { Estate } from '@isthmus/istio';
import type { Emitted } from '../emitted.ts';
import type { Settings } from '../settings.ts';
import { injection, isUnseen, namespacesOf } from './existing.ts';

const listed = 5;

/**
 * Says where emitted policies would get no admission: in namespaces that the import knows to lack the injection label and
 * that no emitted patch gives it.
 */
export function misplaced(emitted: readonly Emitted[], estate: Estate, settings: Settings): Diagnostic[] {
  const known = namespacesOf(estate.context);
  if (known.size === 0) return [];
  const labelled = new Set(
    emitted
      .filter(
        ({ role, object }) => role === 'patch' && object.kind === 'Namespace' && object.metadata.labels?.[injection],
      )
      .map(({ object }) => object.metadata.name),
  );
  const found = emitted.flatMap(({ role, object }) => {
    const { namespace } = object.metadata;
    const policy = role === 'resource' && object.apiVersion.startsWith('kuma.io/') && namespace !== undefined;
    return policy && namespace !== settings.systemNamespace && !labelled.has(namespace) && isUnseen(known, namespace)
      ? [namespace]
      : [];
  });
  if (found.length === 0) return [];
  const names = [...new Set(found)].sort();
  const rest = names.length > listed ? ` and ${names.length - listed} more` : '';
  const namespaces = `${names.slice(0, listed).join(', ')}${rest}`;
  return [diagnose(codes.existingPolicy.emittedUnseen, { count: found.length, namespaces }, {})];
}
