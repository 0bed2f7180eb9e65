/** How much a finding matters: a `blocker` could let traffic through that Istio refused, break it, or lose input. */
export type Severity = 'blocker' | 'warning' | 'info';

/** The object that a diagnostic speaks of, as the user wrote it. */
export interface SubjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** A position in an input file; `line` and `column` count from 1. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** Another place that explains the finding: the first definition of a duplicate, the rule that shadows. */
export interface Related extends Place {
  readonly message: string;
}

/** One thing that Isthmus says about the user's input. The report publishes it in this shape. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly help: string;
  readonly resource?: SubjectRef;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** Field path within the resource: `spec.http[0].match[1].uri.prefix`. */
  readonly path?: string;
  readonly related?: readonly Related[];
}

/** Where a diagnostic belongs; every part is optional because broken input may have none of them. */
export type At = Pick<Diagnostic, 'resource' | 'file' | 'line' | 'column' | 'path' | 'related'>;

const rank: Record<Severity, number> = { blocker: 0, warning: 1, info: 2 };

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Orders diagnostics by file, line, column, path, severity, code and message, so that output never depends on input order. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    byText(a.file ?? '', b.file ?? '') ||
    (a.line ?? 0) - (b.line ?? 0) ||
    (a.column ?? 0) - (b.column ?? 0) ||
    byText(a.path ?? '', b.path ?? '') ||
    rank[a.severity] - rank[b.severity] ||
    byText(a.code, b.code) ||
    byText(a.message, b.message)
  );
}
