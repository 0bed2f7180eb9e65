import type { Context } from '../../context.ts';
import type { EmittedRole } from '../../emitted.ts';

/** A plugin of Kong, named in a filter of the rule that it is for. */
export function emitPlugin(
  context: Context,
  at: {
    readonly namespace: string;
    readonly name: string;
    readonly role: EmittedRole;
    readonly services: readonly string[];
  },
  plugin: string,
  config: unknown,
): { readonly type: 'ExtensionRef'; readonly extensionRef: Readonly<Record<string, string>> } {
  context.emit({
    ...at.role,
    object: {
      apiVersion: 'configuration.konghq.com/v1',
      kind: 'KongPlugin',
      metadata: { name: at.name, namespace: at.namespace },
      plugin,
      config,
    },
    services: at.services,
  });
  return {
    type: 'ExtensionRef',
    extensionRef: { group: 'configuration.konghq.com', kind: 'KongPlugin', name: at.name },
  };
}
