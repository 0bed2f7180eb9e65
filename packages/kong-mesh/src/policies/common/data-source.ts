import type { Report } from './resource.ts';

/** Where a certificate or key comes from. */
export interface SecureDataSource {
  readonly type: string;
  readonly file?: { readonly path: string };
  readonly envVar?: { readonly name: string };
  readonly insecureInline?: { readonly value: string };
  readonly secretRef?: { readonly kind: string; readonly name: string };
}

const members = {
  EnvVar: ['envVar', 'name'],
  InsecureInline: ['insecureInline', 'value'],
  File: ['file', 'path'],
  Secret: ['secretRef', 'name'],
} as const;

/** Reports what is refused in a data source (kuma, api/common/v1alpha1/datasource/datasource.go); types are the schema's. */
export function checkDataSource(source: SecureDataSource, path: string, report: Report): void {
  const [member, leaf] = members[source.type as keyof typeof members];
  const value = (source[member] as Readonly<Record<string, string>> | undefined)?.[leaf];
  if (value === undefined) report(`${path}.${member}`, `it must be set for the type ${source.type}`);
  else if (value === '') report(`${path}.${member}.${leaf}`, 'it must not be empty');
  else if (member === 'file' && (!value.startsWith('/') || value.includes('..')))
    report(`${path}.file.path`, 'it must be an absolute path without ..');
}
