import { codes } from '@isthmus/diagnostics';
import type { Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, entries, type Field, flag, items, number, rootField, text } from '../../field.ts';
import { oncePerContext } from '../../once.ts';
import type { Entry, EntryPort } from './read.ts';

/** A DestinationRule that starts TLS towards a port of an external host. */
export interface Origination {
  readonly rule: Resource;
  readonly host: Field<string>;
  readonly tls: Field;
  /** Number of the port whose settings these are; undefined where they are those of the rule. */
  readonly port: Field | undefined;
}

// A port's own settings take the place of the rule's as a whole (istio/api, networking/v1alpha3/destination_rule.proto).
function settingsOf(policy: Field | undefined, port: number): Field | undefined {
  const own = items(child(policy, 'portLevelSettings')).find(
    (settings) => number(descend(settings, 'port', 'number'))?.value === port,
  );
  return own ?? policy;
}

/** The DestinationRules by the host that they are for, in lower case. */
const rulesByHost = oncePerContext((context) =>
  Map.groupBy(context.ofKind('DestinationRule'), (rule) =>
    text(descend(rootField(rule), 'spec', 'host'))?.value.toLowerCase(),
  ),
);

/** The DestinationRule that starts TLS for a port, the entry's own namespace first; undefined where none does. */
export function originationOf(context: Context, entry: Entry, host: string, port: EntryPort): Origination | undefined {
  const found = (rulesByHost(context).get(host.toLowerCase()) ?? []).flatMap((rule): Origination[] => {
    const spec = child(rootField(rule), 'spec');
    const of = text(child(spec, 'host'));
    const settings = settingsOf(child(spec, 'trafficPolicy'), port.number.value);
    const tls = child(settings, 'tls');
    const mode = text(child(tls, 'mode'))?.value;
    if (of === undefined || tls === undefined) return [];
    return mode === 'SIMPLE' || mode === 'MUTUAL'
      ? [{ rule, host: of, tls, port: descend(settings, 'port', 'number') }]
      : [];
  });
  return found.find(({ rule }) => rule.namespace === entry.resource.namespace) ?? found[0];
}

/** Where DestinationRules have clients of a host speak Istio's own mutual TLS, whatever its endpoints say of themselves. */
export const mutualDemands = (context: Context, host: string): Field[] =>
  (rulesByHost(context).get(host.toLowerCase()) ?? []).flatMap((rule) => {
    const policy = descend(rootField(rule), 'spec', 'trafficPolicy');
    return [policy, ...items(child(policy, 'portLevelSettings'))].flatMap((block) => {
      const mode = text(descend(block, 'tls', 'mode'));
      return mode?.value === 'ISTIO_MUTUAL' ? [mode] : [];
    });
  });

/** The `tls` of a MeshExternalService, and why it is a draft where secrets must be provided first. */
export interface ExternalTls {
  readonly tls: Record<string, unknown>;
  readonly draft?: string;
}

function secretRef(context: Context, name: string): Record<string, unknown> {
  return context.settings.target === '3.0' ? { type: 'Secret', secretRef: { kind: 'Secret', name } } : { secret: name };
}

/** What a DestinationRule's TLS towards an external host becomes; every field of the block is accounted for. */
export function externalTls(
  context: Context,
  { rule, host, tls, port }: Origination,
  entry: Entry,
  target: { readonly host: Field<string>; readonly name: string },
): ExternalTls {
  const drafts: string[] = [];
  const material = (field: Field, what: string, suffix: string): Record<string, unknown> => {
    const secret = `${target.name}-${suffix}`;
    drafts.push(secret);
    return context.approximate(field, secretRef(context, secret), codes.serviceEntry.tlsMaterial, {
      what,
      host: target.host.value,
      secret,
    }) as unknown as Record<string, unknown>;
  };
  context.settled(host);
  context.settled(port);
  context.report(codes.serviceEntry.tlsOriginated, { rule: rule.name, host: target.host.value }, tls);
  const mode = child(tls, 'mode');
  const credential = text(child(tls, 'credentialName'));
  const mutual = mode?.value === 'MUTUAL';
  const ca = text(child(tls, 'caCertificates')) ?? credential;
  const certificate = text(child(tls, 'clientCertificate')) ?? credential;
  const key = text(child(tls, 'privateKey')) ?? credential;
  const own = items(child(tls, 'subjectAltNames'));
  const skip = flag(child(tls, 'insecureSkipVerify'));
  const sni = text(child(tls, 'sni'));
  const names = (own.length > 0 ? own : entry.alternativeNames).map((name) => ({
    type: 'Exact',
    value: context.exact(name, name.value),
  }));
  const verification = {
    mode: skip?.value === true ? context.exact(skip, 'SkipAll') : undefined,
    // Unset, Istio sends the host of the request as SNI and checks it in the certificate (verified by running on 1.32).
    serverName: sni === undefined ? context.derived(target.host, target.host.value) : context.exact(sni, sni.value),
    subjectAltNames: names.length === 0 ? undefined : names,
    caCert: ca === undefined ? undefined : material(ca, 'The authority', 'ca'),
    clientCert:
      mutual && certificate !== undefined ? material(certificate, 'The client certificate', 'cert') : undefined,
    clientKey: mutual && key !== undefined ? material(key, 'The key of the client certificate', 'key') : undefined,
  };
  if (skip?.value === false) context.settled(skip);
  const known = [
    'mode',
    'credentialName',
    'caCertificates',
    'clientCertificate',
    'privateKey',
    'subjectAltNames',
    'sni',
    'insecureSkipVerify',
  ];
  for (const [name, field] of entries(tls)) {
    if (known.includes(name)) continue;
    const secret = `${target.name}-${name.toLowerCase()}`;
    drafts.push(secret);
    context.unsupported(field, codes.serviceEntry.tlsMaterial, {
      what: `What ${name} says`,
      host: target.host.value,
      secret,
    });
  }
  if (!mutual)
    for (const field of [child(tls, 'clientCertificate'), child(tls, 'privateKey')])
      context.inert(field, codes.serviceEntry.alternativeNamesIdle, {});
  return {
    tls: { enabled: mode === undefined ? true : context.exact(mode, true), verification },
    ...(drafts.length === 0 ? {} : { draft: `The secrets ${[...new Set(drafts)].join(', ')} must exist first.` }),
  };
}
