import { codes, type Diagnostic, diagnose } from '@isthmus/diagnostics';
import { isList, isMap, type Json, type JsonObject, type Resource } from '@isthmus/kubernetes';
import type { Estate } from './estate.ts';

/** Objects that a snapshot of a cluster lacks because they could not be read. */
export interface UnreadKind {
  readonly cluster: string;
  readonly group: string;
  /** `*` where a whole group could not be asked for. */
  readonly kind: string;
  /** Of single objects, where it is not the whole kind. */
  readonly namespace?: string;
  readonly name?: string;
  readonly reason: string;
}

// Nothing is concluded from their absence: who may not read Secrets has a whole mesh all the same.
const beside = new Set([
  'Secret',
  'Node',
  'Job',
  'CronJob',
  'EndpointSlice',
  'Ingress',
  'IngressClass',
  'NetworkPolicy',
]);

/** Whether what could not be read may be something whose absence means something. */
export const isPartial = ({ unread = [] }: Pick<Estate, 'unread'>): boolean =>
  unread.some(({ kind }) => !beside.has(kind));

/** Whether a resource is what a snapshot of a cluster says of itself. */
export const isClusterSnapshot = ({ group, kind }: Resource): boolean =>
  group === 'isthmus' && kind === 'ClusterSnapshot';

// Of these every object may be a restriction.
const restricting = new Set(['security.istio.io', 'extensions.istio.io']);

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

function toUnread(cluster: string, entry: JsonObject): UnreadKind {
  const { namespace, name } = entry;
  return {
    cluster,
    group: text(entry.group),
    kind: text(entry.kind),
    ...(typeof namespace === 'string' ? { namespace } : {}),
    ...(typeof name === 'string' ? { name } : {}),
    reason: text(entry.reason),
  };
}

/** What of a cluster could not be read, as its snapshot says, with a finding for each kind. */
export function readClusterSnapshot(resource: Resource): { unread: UnreadKind[]; diagnostics: Diagnostic[] } {
  const { apiVersion, kind, namespace, name, object, source } = resource;
  const entries = isMap(object.spec) && isList(object.spec.unread) ? object.spec.unread.filter(isMap) : [];
  const unread = entries.map((entry) => toUnread(name, entry));
  const at = { resource: { apiVersion, kind, namespace, name }, file: source.file, line: source.line };
  const diagnostics = unread.map((one, index) => {
    const what =
      one.kind === '*' ? `Kinds of ${one.group}` : one.name === undefined ? one.kind : `${one.kind} ${one.name}`;
    const isRestricting = restricting.has(one.group) || one.kind === 'EnvoyFilter';
    const code = isRestricting ? codes.estate.unreadRestriction : codes.estate.unreadKind;
    return diagnose(code, { what, cluster: name, reason: one.reason }, { ...at, path: `spec.unread[${index}]` });
  });
  return { unread, diagnostics };
}
