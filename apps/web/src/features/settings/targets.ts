import type { TargetVersion } from '@isthmus/contract';

/** The versions of Kong Mesh that can be translated for. */
export const targets: readonly { readonly version: TargetVersion; readonly label: string }[] = [
  { version: '2.13', label: '2.13 LTS' },
  { version: '2.14', label: '2.14' },
  { version: '3.0', label: '3.0 preview' },
];
