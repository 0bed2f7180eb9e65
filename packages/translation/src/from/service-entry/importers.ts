import { codes } from '@isthmus/diagnostics';
import { workloadsOf } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { configOf } from '../../effective-config.ts';
import type { Field } from '../../field.ts';
import { child } from '../../field.ts';
import { oncePerContext } from '../../once.ts';
import { type Sidecar, sidecarsOf } from '../sidecar/read.ts';
import { type OutboundModes, outboundModes, readOutbound } from './outbound.ts';
import type { Scope } from './passthrough.ts';

/** Namespaces with anything that could call somebody, whose proxies refuse hosts that they do not know. */
const closedNamespaces = oncePerContext((context): readonly string[] => {
  const modes = outboundModes(context);
  const all = [
    ...workloadsOf(context.estate).map(({ namespace }) => namespace),
    ...context.services.all.map(({ namespace }) => namespace),
    ...sidecarsOf(context).map(({ namespace }) => namespace),
    ...modes.namespaces.keys(),
  ];
  return [...new Set(all)].filter((namespace) => modeOf(modes, namespace) === 'closed').sort();
});

const modeOf = ({ mesh, namespaces }: OutboundModes, namespace: string): 'open' | 'closed' =>
  (namespaces.get(namespace) ?? mesh).mode;

const imports = (
  context: Context,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  host: string,
): boolean => configOf(context).scopeOf({ namespace, labels }).service(host.toLowerCase()) !== undefined;

/** Sidecars for some pods of a namespace, whose proxies refuse hosts that they do not know. */
const closedSelections = oncePerContext((context): readonly Sidecar[] => {
  const modes = outboundModes(context);
  return sidecarsOf(context).filter(({ namespace, selector, spec }) => {
    if (selector === undefined) return false;
    const block = child(spec, 'outboundTrafficPolicy');
    return (block === undefined ? modeOf(modes, namespace) : readOutbound(block).mode) === 'closed';
  });
});

/**
 * Whose lists a host that passes through belongs on. A list of the whole mesh would let out proxies that are closed and whose
 * Sidecar does not import the host, since Kong Mesh adds the lists of all policies up: then only namespaces that import it have
 * it. Where nothing is closed lists have no effect, and who is open needs none.
 * @param visible the namespaces that the entry is exported to; undefined: all
 */
export function listsFor(context: Context, host: Field<string>, visible: readonly string[] | undefined): Scope[] {
  if (sidecarsOf(context).length === 0 || !outboundModes(context).anyClosed)
    return visible === undefined ? ['mesh'] : visible.map((namespace) => ({ namespace }));
  const closed = closedNamespaces(context).filter((namespace) => visible?.includes(namespace) !== false);
  const importing = closed.filter((namespace) => imports(context, namespace, {}, host.value));
  const lists: Scope[] =
    visible === undefined && importing.length === closed.length
      ? ['mesh']
      : importing.map((namespace) => ({ namespace }));
  for (const { namespace, selector = {}, spec, resource } of closedSelections(context)) {
    const isLetOut = lists.includes('mesh') || importing.includes(namespace);
    const isImported = imports(context, namespace, selector, host.value);
    if (isLetOut === isImported) continue;
    const parameters = { sidecar: `${namespace}/${resource.name}`, host: host.value };
    context.report(isLetOut ? codes.serviceEntry.sidecarWidened : codes.serviceEntry.sidecarClosed, parameters, spec);
  }
  return lists;
}
