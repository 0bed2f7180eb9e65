import { type Field, items, text } from '@isthmus/kubernetes';

/** Namespaces that may see a resource: names, `*` (all), `.` (its own) and `~` (none). */
export type ExportTo = ReadonlySet<string>;

/** The namespaces of a list such as `spec.exportTo`; undefined where it is absent or empty, so that a default applies. */
export function readExportTo(field: Field | undefined): ExportTo | undefined {
  if (field === undefined) return undefined;
  const values = items(field).flatMap((item) => text(item)?.value ?? []);
  return values.length === 0 ? undefined : new Set(values);
}

/** The same namespaces with `.` written out. */
export function withOwnNamespace(exportTo: ExportTo, namespace: string): ExportTo {
  return exportTo.has('.') ? new Set([...exportTo].map((name) => (name === '.' ? namespace : name))) : exportTo;
}

/** Whether a namespace may see a resource of another (istio/pilot/pkg/model/push_context.go IsServiceVisible, 1.32). */
export function isExportedTo(exportTo: ExportTo, owner: string, client: string): boolean {
  return exportTo.has('*') || (exportTo.has('.') && owner === client) || exportTo.has(client);
}

export function sameExportTo(a: ExportTo, b: ExportTo): boolean {
  return a.size === b.size && [...a].every((name) => b.has(name));
}
