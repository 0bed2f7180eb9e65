import { type JsonObject, parseYaml } from '@isthmus/kubernetes';
import { checkAdmission } from '../admission/check.ts';
import type { TargetVersion } from '../version.ts';

/** Where and for what version a spec is tried. */
export interface Trial {
  readonly version?: TargetVersion;
  readonly namespace?: string;
  readonly name?: string;
}

/** The paths at which a spec, written in YAML, is refused; `accepted` where it is not. For tests. */
export function refusals(
  kind: string,
  spec: string,
  { version = '2.14', namespace = 'shop', name = 'a' }: Trial = {},
): string {
  const object: JsonObject = {
    apiVersion: 'kuma.io/v1alpha1',
    kind,
    metadata: { name, namespace },
    spec: parseYaml(spec)[0]?.value ?? null,
  };
  const admission = checkAdmission(object, version);
  return admission.accepted ? 'accepted' : admission.violations.map(({ path }) => path).join(' ');
}
