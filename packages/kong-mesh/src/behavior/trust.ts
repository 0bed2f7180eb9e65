import { type JsonObject, matchesLabels } from '@isthmus/kubernetes';
import { label } from './labels.ts';
import { displayNameOf, metaOf } from './object.ts';
import type { MeshOptions } from './options.ts';
import { filledOf, listOf, mapOf, textsOf } from './value.ts';

type Labels = Readonly<Record<string, string>>;

/** Names a root certificate, so that a client's issuer can be told from others. */
export type RootName = (pem: string) => string;

/** What the proxies of a workload show and whom they trust. */
export interface Trust {
  /** `identity`: by a MeshIdentity; `mtls`: by the Mesh; `none`: no TLS at all. */
  readonly kind: 'identity' | 'mtls' | 'none';
  /** The SPIFFE ID by a MeshIdentity; undefined where labels that are not known here are part of it. */
  readonly id: string | undefined;
  /** The mode of the Mesh's certificate authority, where it has one. */
  readonly meshMode: 'Strict' | 'Permissive' | undefined;
  /** The issuers that are trusted for each trust domain. */
  readonly issuers: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The issuer of the certificates that a Mesh's own authority makes. */
export const meshAuthority = 'Mesh.mtls';

/** The issuer of the certificates that a MeshIdentity makes. */
export const identityAuthority = (name: string): string => `MeshIdentity ${name}`;

interface Identity {
  readonly name: string;
  readonly selector: Labels | undefined;
  readonly trustDomain: string;
  readonly path: string;
  /** Whether it makes certificates, and not only names. */
  readonly provides: boolean;
  readonly makesTrust: boolean;
}

/** Replaces what a trust domain can be made of; labels of a workload cannot be known here and stay as they are. */
const fillIn = (template: string, { mesh, zone }: MeshOptions): string =>
  template.replace(/\{\{\s*\.Mesh\s*\}\}/g, mesh).replace(/\{\{\s*\.Zone\s*\}\}/g, zone);

function readIdentity(object: JsonObject, options: MeshOptions): Identity {
  const { selector, spiffeID, provider } = mapOf(object.spec);
  const { type, bundled } = mapOf(provider);
  const dataplane = mapOf(selector).dataplane;
  return {
    name: displayNameOf(metaOf(object)),
    selector: dataplane == null ? undefined : (textsOf(mapOf(dataplane).matchLabels) ?? {}),
    trustDomain: fillIn(filledOf(mapOf(spiffeID).trustDomain) ?? '{{ .Mesh }}.{{ .Zone }}.mesh.local', options),
    path: filledOf(mapOf(spiffeID).path) ?? '/ns/{{ .Namespace }}/sa/{{ .ServiceAccount }}',
    provides: provider != null,
    makesTrust: type === 'Bundled' && mapOf(bundled).meshTrustCreation !== 'Disabled',
  };
}

/** The SPIFFE ID of a workload (kuma, meshidentity/api/v1alpha1/helpers.go, 2.14). */
function idOf({ trustDomain, path }: Identity, labels: Labels): string | undefined {
  const known: Readonly<Record<string, string | undefined>> = {
    '.TrustDomain': trustDomain,
    '.Namespace': labels[label.namespace],
    '.ServiceAccount': labels[label.serviceAccount],
  };
  const id = `spiffe://${trustDomain}${path}`.replace(/\{\{\s*(\.\w+)\s*\}\}/g, (all, name) => known[name] ?? all);
  return id.includes('{{') ? undefined : id;
}

/** The identity of a workload: that with the most labels, of equals the one whose name is the smallest. */
function bestOf(identities: readonly Identity[], labels: Labels): Identity | undefined {
  return identities
    .filter(({ selector }) => selector !== undefined && matchesLabels(selector, labels))
    .sort(
      (a, b) =>
        Object.keys(b.selector ?? {}).length - Object.keys(a.selector ?? {}).length || (a.name < b.name ? -1 : 1),
    )[0];
}

function meshModeOf(mesh: JsonObject | undefined, { version }: MeshOptions): Trust['meshMode'] {
  const { enabledBackend, backends } = mapOf(mapOf(mesh?.spec).mtls);
  // 3.0 drops the field.
  if (version === '3.0' || filledOf(enabledBackend) === undefined) return undefined;
  const backend = listOf(backends)
    .map(mapOf)
    .find(({ name }) => name === enabledBackend);
  return backend?.mode === 'PERMISSIVE' ? 'Permissive' : 'Strict';
}

/** Reads who is trusted in a mesh (security.md 1.2 to 1.4). */
export function readTrust(
  objects: readonly JsonObject[],
  options: MeshOptions,
  rootName: RootName,
): (labels: Labels) => Trust {
  const ofMesh = (kind: string): JsonObject[] =>
    objects.filter(
      (object) => object.kind === kind && (metaOf(object).labels[label.mesh] ?? 'default') === options.mesh,
    );
  const mesh = objects.find((object) => object.kind === 'Mesh' && metaOf(object).name === options.mesh);
  const meshMode = meshModeOf(mesh, options);
  const identities = ofMesh('MeshIdentity').map((object) => readIdentity(object, options));
  const issuers = new Map<string, Set<string>>();
  const trust = (domain: string, issuer: string): void => {
    const known = issuers.get(domain);
    if (known === undefined) issuers.set(domain, new Set([issuer]));
    else known.add(issuer);
  };
  for (const { spec } of ofMesh('MeshTrust')) {
    const { trustDomain, caBundles } = mapOf(spec);
    for (const bundle of listOf(caBundles))
      trust(filledOf(trustDomain) ?? '', rootName(filledOf(mapOf(mapOf(bundle).pem).value) ?? ''));
  }
  for (const { name, trustDomain, makesTrust } of identities)
    if (makesTrust) trust(trustDomain, identityAuthority(name));
  // The Mesh's own authority joins the bundles of the others; its certificates name the mesh as their trust domain.
  if (meshMode !== undefined) trust(options.mesh, meshAuthority);
  return (labels) => {
    const identity = bestOf(identities, labels);
    const kind = identity?.provides ? 'identity' : meshMode === undefined ? 'none' : 'mtls';
    return { kind, id: identity?.provides ? idOf(identity, labels) : undefined, meshMode, issuers };
  };
}
