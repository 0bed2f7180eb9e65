import type { Settings, Translation, ZoneTranslation } from '@isthmus/translation';

/** Stands in values for what is known only once something is installed, or to nobody but the reader. */
const open = 'FILL-IN';

/** Names of zones and meshes are DNS labels, which YAML may still take for a number or a truth value. */
const quoted = (name: string): string => JSON.stringify(name);

/** A file of the bundle with the values of a chart. */
export interface ValuesFile {
  readonly path: string;
  readonly text: string;
}

const lead = (of: string, { systemNamespace }: Settings, path: string): string[] => [
  `# Values of the chart kong-mesh for ${of}:`,
  '#   helm repo add kong-mesh https://kong.github.io/kong-mesh-charts',
  `#   helm upgrade --install kong-mesh kong-mesh/kong-mesh --namespace ${systemNamespace} --create-namespace -f ${path}`,
];

/**
 * A global control plane; of 3.0 one that runs on Kubernetes keeps its resources in Postgres all the same
 * (developer.konghq.com, mesh/universal-control-plane; kuma, deployments/charts/kuma/values.yaml, 2.13).
 */
function globalValues(settings: Settings): string {
  const path = 'global/values.yaml';
  const isUniversal = settings.target === '3.0';
  const stored = ['DB_NAME', 'HOST', 'USER', 'PASSWORD'].flatMap((what) => [
    `      ${what.toLowerCase().replaceAll('_', '-')}:`,
    `        Secret: ${open}`,
    `        Key: ${open}`,
    `        Env: KUMA_STORE_POSTGRES_${what}`,
  ]);
  return [
    ...lead('the global control plane, which has a cluster of its own', settings, path),
    ...(isUniversal
      ? [
          '# A global control plane of 3.0 keeps its resources in Postgres: name the Secret with its address and account.',
          '# Who runs it outside of Kubernetes needs none of these values.',
        ]
      : ['# Nothing is to be filled in. Konnect can take its place: then only the zones are installed.']),
    'kuma:',
    '  controlPlane:',
    '    mode: global',
    ...(isUniversal ? ['    environment: universal', '    secrets:', ...stored] : []),
    '',
  ].join('\n');
}

/**
 * A zone with its ingress, by which other zones call it; an egress where something outside of the mesh has a
 * MeshExternalService. Proxies of zones are those of the cluster up to 2.14, which 3.0 has no more: there each mesh has its own
 * (edge.md S14 and X3; developer.konghq.com, mesh/zone-proxies).
 */
function zoneValues({ cluster, zone, translation }: ZoneTranslation, settings: Settings, path: string): string {
  const needsEgress = translation.emitted.some(({ object }) => object.kind === 'MeshExternalService');
  const proxies = (indent: string): string[] => [
    `${indent}ingress:`,
    `${indent}  enabled: true`,
    ...(needsEgress ? [`${indent}egress:`, `${indent}  enabled: true`] : []),
  ];
  return [
    ...lead(`the control plane of zone ${zone} (cluster ${cluster})`, settings, path),
    '# To be filled in: the address of the global control plane for zones, as its Service global-zone-sync has it.',
    '# Its certificate is checked by the authority of a Secret; a trial may set skipVerify: true in its place.',
    'kuma:',
    '  controlPlane:',
    '    mode: zone',
    `    zone: ${quoted(zone)}`,
    `    kdsGlobalAddress: grpcs://${open}:5685`,
    '    tls:',
    '      kdsZoneClient:',
    `        secretName: ${open}`,
    ...(settings.target === '3.0'
      ? ['  meshes:', `    - name: ${quoted(settings.mesh)}`, ...proxies('      ')]
      : proxies('  ')),
    '',
  ].join('\n');
}

/**
 * Values for installing the control planes of an import of several clusters; none of one cluster, which is installed by itself.
 * @param folderOf the folder of a zone in the bundle, with a slash at its end
 */
export function valuesFiles({ zones, settings }: Translation, folderOf: (zone: string) => string): ValuesFile[] {
  if (zones === undefined) return [];
  return [
    { path: 'global/values.yaml', text: globalValues(settings) },
    ...zones.map((zone): ValuesFile => {
      const path = `${folderOf(zone.zone)}values.yaml`;
      return { path, text: zoneValues(zone, settings, path) };
    }),
  ];
}
