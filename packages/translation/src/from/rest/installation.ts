import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import { child, rootField } from '../../field.ts';

/** Kinds that install Istio: their fields are about its own processes, which Kong Mesh's chart replaces. */
export const installingKinds: readonly string[] = [
  'IstioOperator',
  'IstioControlPlane',
  'Istio',
  'IstioRevision',
  'IstioRevisionTag',
  'IstioCNI',
  'ZTunnel',
];

/** What is left of the resources that install Istio, once the mesh's configuration in them has been read. */
export function accountForInstallation(context: Context): void {
  for (const kind of installingKinds) {
    for (const resource of context.ofKind(kind)) {
      const spec = child(rootField(resource), 'spec');
      if (spec === undefined) continue;
      const open = context.unclaimed(spec);
      const [first] = open;
      if (first === undefined) continue;
      for (const field of open) context.claim(field, 'unsupported', codes.installation.istioItself);
      context.report(codes.installation.istioItself, { kind, count: open.length }, first);
    }
  }
}

/** API groups that Istio has removed, with the release that did. */
const retired: Readonly<Record<string, string>> = {
  'config.istio.io': '1.8',
  'rbac.istio.io': '1.6',
  'authentication.istio.io': '1.6',
  'operator.istio.io': '1.5',
};

/** Resources of APIs that Istio has removed: they do nothing in a cluster of today, and what they once refused has no counterpart. */
export function accountForRetired(context: Context): void {
  for (const resource of context.estate.istio) {
    const release = retired[resource.group];
    if (release === undefined) continue;
    const spec = child(rootField(resource), 'spec');
    if (spec === undefined) continue;
    const restricts = resource.group === 'rbac.istio.io' || resource.group === 'authentication.istio.io';
    const code = restricts ? codes.installation.retiredRestriction : codes.installation.retired;
    context.report(code, { kind: resource.kind, group: resource.group, release }, spec);
    context.claim(spec, 'unsupported', code);
  }
}
