import { codes } from '@isthmus/diagnostics';
import type { Context } from '../../context.ts';
import type { EmittedRole } from '../../emitted.ts';
import { child, entries, type Field, items, text } from '../../field.ts';
import { meshSettings } from '../../mesh-settings.ts';
import { dnsLabel } from '../../names.ts';
import { ownTrustDomain, securityOf } from '../../security/view.ts';
import type { Traceable } from '../../trace.ts';
import { draftOfAuthority } from './authority.ts';
import { translateTlsDemands } from './tls-demands-to-mesh-tls.ts';

const area = codes.identity;
const securityKinds = ['AuthorizationPolicy', 'PeerAuthentication', 'RequestAuthentication'];

function emit(
  context: Context,
  kind: 'MeshIdentity' | 'MeshTrust',
  name: string,
  spec: Traceable<object>,
  role: EmittedRole,
): void {
  const { mesh, systemNamespace } = context.settings;
  context.emit({
    ...role,
    object: {
      apiVersion: 'kuma.io/v1alpha1',
      kind,
      metadata: { name, namespace: systemNamespace, labels: { 'kuma.io/mesh': mesh, 'kuma.io/origin': 'zone' } },
      spec,
    },
    services: [],
  });
}

const asResource: EmittedRole = { role: 'resource', stage: 'identity' };
const asDraft = (why: string): EmittedRole => ({ role: 'draft', stage: 'identity', why });

/** One SPIFFE ID for each workload, with the path that it has in Istio (security.md 0.4). */
function emitIdentity(context: Context): void {
  const name = 'identity';
  const domain = ownTrustDomain(context.settings);
  const spec = {
    selector: { dataplane: { matchLabels: {} } },
    spiffeID: { trustDomain: domain, path: '/ns/{{ .Namespace }}/sa/{{ .ServiceAccount }}' },
    provider: {
      type: 'Bundled',
      bundled: {
        meshTrustCreation: 'Enabled',
        // Without it an authority that Kong Mesh makes itself is refused (MID-14, verified by running 2.14 and 3.0).
        insecureAllowSelfSigned: true,
        autogenerate: { enabled: true },
      },
    },
  };
  const { complete } = context.settings;
  const why = 'It makes every proxy refuse what no permission allows, and the import is not declared complete.';
  emit(context, 'MeshIdentity', name, spec, complete ? asResource : asDraft(why));
  context.report(complete ? area.issued : area.issuedInPart, { name, domain }, undefined);
  const draft = draftOfAuthority(context, name);
  if (draft === undefined) return;
  const { trustDomain } = securityOf(context).trust;
  emit(
    context,
    'MeshIdentity',
    draft.name,
    {
      ...spec,
      spiffeID: { ...spec.spiffeID, trustDomain: draft.keepsTrustDomain ? trustDomain : domain },
      provider: draft.provider,
    },
    asDraft(`To be applied in place of MeshIdentity ${name}. ${draft.why}`),
  );
}

const placeholder = '-----BEGIN CERTIFICATE-----\n<root certificate of Istio>\n-----END CERTIFICATE-----\n';

const bundle = (trustDomain: unknown, pem: unknown): object => ({
  trustDomain,
  caBundles: [{ type: 'Pem', pem: { value: pem } }],
});

function emitIstioTrust(context: Context): void {
  const { trust } = securityOf(context);
  const aliases = meshSettings(context, 'trustDomainAliases').flatMap(items);
  for (const domain of [trust.trustDomain, ...trust.aliases]) {
    const name = dnsLabel(`istio-${domain}`);
    emit(
      context,
      'MeshTrust',
      name,
      bundle(domain, placeholder),
      asDraft('The root certificate of Istio is not in the import.'),
    );
    const alias = aliases.find(({ value }) => value === domain);
    if (alias === undefined)
      context.report(area.rootMissing, { name, domain }, meshSettings(context, 'trustDomain')[0]);
    else context.approximate(alias, undefined, area.aliasTrust, { domain });
  }
}

function translateAuthority(context: Context, authority: Field): void {
  const pem = text(child(authority, 'pem'));
  const domains = items(child(authority, 'trustDomains'))
    .map(text)
    .filter((domain) => domain !== undefined);
  for (const [key, field] of entries(authority))
    if (key === 'spiffeBundleUrl' || key === 'certSigners')
      context.unsupported(field, area.authorityWithoutPem, { what: key });
  if (pem === undefined) {
    for (const domain of domains) context.claim(domain, 'unsupported', area.authorityWithoutPem);
    return;
  }
  for (const domain of domains)
    emit(
      context,
      'MeshTrust',
      dnsLabel(`istio-ca-${domain.value}`),
      bundle(context.exact(domain, domain.value), context.exact(pem, pem.value)),
      asResource,
    );
  if (domains.length > 0) return;
  const { trustDomain } = securityOf(context).trust;
  const why = 'The trust domains of the authority are not in the import.';
  emit(context, 'MeshTrust', 'istio-ca', bundle(trustDomain, context.derived(pem, pem.value)), asDraft(why));
  context.approximate(pem, undefined, area.authorityWithoutDomain, { domain: trustDomain });
}

/**
 * Trust domain, aliases and certificate authorities to a MeshIdentity and MeshTrusts. The certificates that Istio's own
 * proxies trust are not in manifests, so that trust in them is a draft.
 */
export function translateTrust(context: Context): void {
  for (const name of ['trustDomain', 'rootNamespace'])
    for (const field of meshSettings(context, name)) context.settled(field);
  for (const field of meshSettings(context, 'enableAutoMtls')) {
    if (field.value === false) context.approximate(field, undefined, area.autoMtlsOff, {});
    else context.settled(field);
  }
  translateTlsDemands(context);
  for (const authority of meshSettings(context, 'caCertificates').flatMap(items))
    translateAuthority(context, authority);
  const { estate, settings } = context;
  const concerned =
    securityKinds.some((kind) => context.ofKind(kind).length > 0) || (settings.complete && estate.istio.length > 0);
  if (!concerned) {
    for (const alias of meshSettings(context, 'trustDomainAliases').flatMap(items))
      context.approximate(alias, undefined, area.aliasTrust, { domain: String(alias.value) });
    return;
  }
  emitIdentity(context);
  emitIstioTrust(context);
}
