import { codes } from '@isthmus/diagnostics';
import { isList, type Json, type JsonObject, mapOf, type Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { descend, type Field, rootField, text } from '../../field.ts';
import { meshSettings } from '../../mesh-settings.ts';
import { securityOf } from '../../security/view.ts';

const area = codes.identity;

/** Who signs the certificates of Istio's workloads, where it is not an authority that istiod makes for itself. */
type Kind = 'CertManager' | 'Vault' | 'ACMPCA' | 'Spire' | 'Intermediate' | 'Other';

interface Authority {
  readonly kind: Kind;
  /** Where the import says so. */
  readonly at: Field | Resource;
}

/** The draft of an identity that comes from the same authority. */
export interface AuthorityDraft {
  readonly name: string;
  readonly provider: JsonObject;
  /** Istio's trust domain where the authority signs for no other. */
  readonly keepsTrustDomain: boolean;
  readonly why: string;
}

const words: Readonly<Record<Exclude<Kind, 'Intermediate'>, string>> = {
  CertManager: 'cert-manager (istio-csr)',
  Vault: 'Vault',
  ACMPCA: 'AWS Private CA',
  Spire: 'SPIRE',
  Other: 'an authority outside of Istio',
};

const listOf = (value: Json | undefined): readonly Json[] => (isList(value) ? value : []);

const podSpecOf = ({ kind, object }: Resource): JsonObject =>
  kind === 'Pod' ? mapOf(object.spec) : mapOf(mapOf(mapOf(object.spec).template).spec);

function environmentOf(resource: Resource): ReadonlyMap<string, string> {
  const entries = listOf(podSpecOf(resource).containers).flatMap((container) =>
    listOf(mapOf(container).env).flatMap((one): [string, string][] => {
      const { name, value } = mapOf(one);
      return typeof name === 'string' && typeof value === 'string' ? [[name, value]] : [];
    }),
  );
  return new Map(entries);
}

/** Which issuer stands behind cert-manager, as far as the import shows exactly one kind. */
function behindCertManager({ estate }: Context): Kind {
  const found = new Set(
    estate.context.flatMap(({ group, object }): Kind[] => {
      if (group === 'awspca.cert-manager.io') return ['ACMPCA'];
      if (group !== 'cert-manager.io') return [];
      return [Object.hasOwn(mapOf(object.spec), 'vault') ? 'Vault' : 'CertManager'];
    }),
  );
  const [only = 'CertManager'] = found;
  return found.size > 1 ? 'CertManager' : only;
}

function byAddress(context: Context, address: string): Kind {
  if (/istio-csr|cert-?manager/i.test(address)) return behindCertManager(context);
  if (/vault/i.test(address)) return 'Vault';
  return /spire|spiffe/i.test(address) ? 'Spire' : 'Other';
}

/** The marks of SPIRE on pods: its template of the injector, and its CSI driver (security.md 4.7). */
function isOfSpire(resource: Resource): boolean {
  const template = mapOf(mapOf(mapOf(resource.object.spec).template).metadata);
  const annotations = resource.kind === 'Pod' ? resource.annotations : mapOf(template.annotations);
  const templates = annotations['inject.istio.io/templates'];
  if (typeof templates === 'string' && templates.split(',').some((one) => one.trim() === 'spire')) return true;
  return listOf(podSpecOf(resource).volumes).some((volume) => mapOf(mapOf(volume).csi).driver === 'csi.spiffe.io');
}

/** The settings of installations that name the authority, beside the mesh's own. */
const installed: readonly (readonly string[])[] = [
  ['spec', 'values', 'global', 'caAddress'],
  ['spec', 'values', 'pilot', 'env', 'CA_ADDR'],
];

function findAuthority(context: Context): Authority | undefined {
  const { estate } = context;
  const { rootNamespace } = securityOf(context).trust;
  const pods = estate.context.filter(({ kind }) => kind === 'Deployment' || kind === 'DaemonSet' || kind === 'Pod');
  const spire = pods.find(isOfSpire);
  if (spire !== undefined) return { kind: 'Spire', at: spire };
  const named = [
    ...meshSettings(context, 'ca', 'address'),
    ...['IstioOperator', 'Istio'].flatMap((kind) =>
      context
        .ofKind(kind)
        .flatMap((resource) => installed.flatMap((path) => descend(rootField(resource), ...path) ?? [])),
    ),
  ].flatMap((field) => text(field) ?? []);
  const [address] = named.filter(({ value }) => value !== '');
  if (address !== undefined) return { kind: byAddress(context, address.value), at: address };
  const agent = pods.find(({ kind, name }) => kind === 'Deployment' && name === 'cert-manager-istio-csr');
  if (agent !== undefined) return { kind: behindCertManager(context), at: agent };
  for (const one of pods) {
    if (one.kind !== 'Deployment' || one.namespace !== rootNamespace || !one.name.startsWith('istiod')) continue;
    const environment = environmentOf(one);
    const ca = environment.get('CA_ADDR') ?? '';
    if (ca !== '') return { kind: byAddress(context, ca), at: one };
    if (environment.get('ENABLE_CA_SERVER') === 'false' || environment.has('EXTERNAL_CA'))
      return { kind: 'Other', at: one };
  }
  // istiod keeps what it has made itself there, too, under a key of its own; keys of Secrets are not in an import.
  const plugged = estate.context.find(
    ({ kind, namespace, name }) => kind === 'Secret' && namespace === rootNamespace && name === 'cacerts',
  );
  return plugged === undefined ? undefined : { kind: 'Intermediate', at: plugged };
}

const secret = (name: string): JsonObject => ({ type: 'Secret', secretRef: { kind: 'Secret', name } });

const sibling: JsonObject = {
  type: 'Bundled',
  bundled: {
    meshTrustCreation: 'Enabled',
    ca: { certificate: secret('identity-ca-cert'), privateKey: secret('identity-ca-key') },
  },
};
const siblingWhy =
  'The Secrets identity-ca-cert and identity-ca-key must hold an intermediate of that authority for Kong Mesh alone, with its chain, not the key of Istio. Proxies present their own certificate only, so that the intermediate belongs into the bundles of those who trust them.';

function draftOf(kind: Kind, canExtend: boolean): AuthorityDraft {
  if (kind === 'Spire')
    return {
      name: 'identity-spire',
      provider: { type: 'Spire', spire: { agent: { timeout: '1s' } } },
      keepsTrustDomain: true,
      why: 'The SPIRE agent must have registration entries for exactly these SPIFFE IDs, and pods the annotation k8s.kuma.io/spire-support: enabled with the support of the chart; bundles of other trust domains are federated in SPIRE, not by a MeshTrust.',
    };
  if (kind === 'Intermediate' || kind === 'Other' || !canExtend)
    return { name: 'identity-intermediate', provider: sibling, keepsTrustDomain: false, why: siblingWhy };
  return {
    name: `identity-${kind.toLowerCase()}`,
    provider: { type: 'Extension', extension: { name: kind, config: {} } },
    keepsTrustDomain: false,
    why: `The configuration of the extension ${kind} is not published with its schema, and has to be filled in after the documentation of Kong Mesh; the issuer must allow the SPIFFE IDs of the trust domain as URIs.`,
  };
}

/**
 * The draft of an identity that has its certificates from where Istio's workloads have theirs (security.md 4.7), with a finding;
 * undefined where istiod signs with an authority of its own. Extensions exist from 2.14 on; before, an intermediate stands in.
 */
export function draftOfAuthority(context: Context, identity: string): AuthorityDraft | undefined {
  const found = findAuthority(context);
  if (found === undefined) return undefined;
  const draft = draftOf(found.kind, context.settings.target !== '2.13');
  const { kind, at } = found;
  const code = kind === 'Intermediate' ? area.intermediate : area.externalAuthority;
  if (kind === 'Intermediate') context.report(area.intermediate, { identity, draft: draft.name }, at);
  else context.report(area.externalAuthority, { authority: words[kind], identity, draft: draft.name }, at);
  for (const ca of meshSettings(context, 'ca'))
    for (const leaf of context.unclaimed(ca)) context.claim(leaf, 'unsupported', code);
  if (!('source' in at)) context.claim(at, 'unsupported', code);
  return draft;
}
