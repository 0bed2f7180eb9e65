import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import { entries, type Field, items } from '../../field.ts';
import { meshSettings } from '../../mesh-settings.ts';

const area = codes.identity;

// Those of Istio's names that Kong Mesh's MeshTLS knows as well (security.md 3.4).
const ciphers = new Set([
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
]);

function versionOf(context: Context, field: Field): object | undefined {
  // The least version of Istio is TLS 1.2 anyway, and so is that of Envoy in Kong Mesh.
  if (field.value === 'TLSV1_2' || field.value === 'TLS_AUTO') context.settled(field);
  else if (field.value === 'TLSV1_3') return { min: context.approximate(field, 'TLS13', area.tlsForAll, {}) };
  else context.unsupported(field, area.tlsVersion, { field: field.path });
  return undefined;
}

function ciphersOf(context: Context, field: Field): unknown[] {
  const isKnown = ({ value }: Field): boolean => ciphers.has(String(value));
  const known = items(field).filter(isKnown);
  for (const one of items(field))
    if (!isKnown(one)) context.approximate(one, undefined, area.cipherUnknown, { cipher: String(one.value) });
  // None left would be no restriction at all.
  if (known.length === 0) context.unsupported(field, area.tlsVersion, { field: field.path });
  return known.map((one) => context.approximate(one, one.value, area.tlsForAll, {}));
}

/**
 * What the mesh demands of its TLS, to a MeshTLS for the whole mesh that says nothing of the mode: versions and ciphers are
 * refused for a part of the mesh (security.md 1.5), and MeshTLS merge field by field.
 */
export function translateTlsDemands(context: Context): void {
  for (const [, field] of meshSettings(context, 'tlsDefaults').flatMap(entries))
    context.unsupported(field, area.tlsVersion, { field: field.path });
  for (const demand of meshSettings(context, 'meshMTLS')) {
    const found: Record<string, unknown> = {};
    for (const [key, field] of entries(demand)) {
      if (key === 'minProtocolVersion') {
        const version = versionOf(context, field);
        if (version !== undefined) found.tlsVersion = version;
      } else if (key === 'cipherSuites') {
        const suites = ciphersOf(context, field);
        if (suites.length > 0) found.tlsCiphers = suites;
      } else context.unsupported(field, area.tlsVersion, { field: field.path });
    }
    if (Object.keys(found).length === 0) continue;
    const { mesh, systemNamespace } = context.settings;
    context.emit({
      role: 'resource',
      stage: 'mesh',
      object: {
        apiVersion: 'kuma.io/v1alpha1',
        kind: 'MeshTLS',
        metadata: {
          name: 'tls-demands',
          namespace: systemNamespace,
          labels: { 'kuma.io/mesh': mesh, 'kuma.io/origin': 'zone' },
        },
        spec: { targetRef: { kind: 'Mesh' }, rules: [{ default: found }] },
      },
      services: [],
    });
  }
}
