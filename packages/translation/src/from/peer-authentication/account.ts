import { codes } from '@isthmus/diagnostics';
import { isPort, type PeerAuthentication, selects } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { child, descend, entries, type Field, rootField, text } from '../../field.ts';
import { accountForMetadata } from '../../security/metadata.ts';
import type { SecurityView } from '../../security/view.ts';

const area = codes.peerAuthentication;
const known = new Set(['UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT']);

function accountForMode(context: Context, field: Field | undefined): void {
  const mode = text(field);
  if (field === undefined) return;
  if (mode !== undefined && known.has(mode.value)) return;
  if (field.value === null) return;
  context.unsupported(field, area.unknownMode, { mode: String(field.value) });
}

/** Accounts for what a policy says beside the modes that are emitted: idle parts, mistakes, its selector. */
export function accountForPolicy(context: Context, view: SecurityView, policy: PeerAuthentication): void {
  const { resource, level, scope } = policy;
  accountForMetadata(context, resource);
  const spec = child(rootField(resource), 'spec');
  if (spec === undefined) return;
  if (level === 'ignored') {
    context.inert(spec, area.selectorInRoot, { namespace: view.trust.rootNamespace });
    return;
  }
  accountForMode(context, descend(spec, 'mtls', 'mode'));
  const ports = child(spec, 'portLevelMtls');
  if (level === 'workload') {
    for (const [port, field] of entries(ports)) {
      if (isPort(port)) accountForMode(context, child(field, 'mode'));
      else context.unsupported(field, area.badPort, { port });
    }
    const within = view.workloadsIn(scope.namespace);
    const labels = Object.entries(scope.labels).map(([key, value]) => `${key}=${value}`);
    if (within.length > 0 && !within.some((workload) => selects(scope, workload)))
      context.report(area.selectsNothing, { labels: labels.join(', ') }, child(spec, 'selector'));
  } else if (ports !== undefined) context.inert(ports, area.portsWithoutSelector, {});
}

/** Claims what is left of a policy, UNSET modes and the selector, as carried over: a MeshTLS inherits by itself. */
export function accountForRest(context: Context, policy: PeerAuthentication): void {
  const spec = child(rootField(policy.resource), 'spec');
  if (spec === undefined) return;
  const mtls = child(spec, 'mtls');
  const ports = policy.level === 'workload' ? child(spec, 'portLevelMtls') : undefined;
  const empty = (field: Field | undefined): Field | undefined =>
    field !== undefined && Object.keys(field.value ?? {}).length === 0 ? field : undefined;
  const settled = [
    empty(spec),
    empty(child(spec, 'selector')),
    descend(spec, 'selector', 'matchLabels'),
    empty(mtls),
    child(mtls, 'mode'),
    empty(ports),
    ...entries(ports).flatMap(([, port]) => [empty(port), child(port, 'mode')]),
  ];
  for (const field of settled) context.settled(field);
}
