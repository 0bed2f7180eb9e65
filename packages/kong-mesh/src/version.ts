/** Releases that a translation can target: 2.13 (LTS), 2.14 (default) and the 3.0 preview. */
export const targetVersions = ['2.13', '2.14', '3.0'] as const;
export type TargetVersion = (typeof targetVersions)[number];

/** Whether a text names a version that can be targeted. */
export function isTargetVersion(text: string): text is TargetVersion {
  return (targetVersions as readonly string[]).includes(text);
}
