import { codes } from '@isthmus/diagnostics';
import { type EffectiveDestinationRule, type RegistryService, wildcardsOver } from '@isthmus/istio';
import type { Resource } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { configOf } from '../../effective-config.ts';
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
  /** Namespaces with clients that do something else. */
  readonly others: readonly string[];
}

// A port's own settings take the place of the rule's as a whole (istio/api, networking/v1alpha3/destination_rule.proto).
function settingsOf(policy: Field | undefined, port: number): Field | undefined {
  const own = items(child(policy, 'portLevelSettings')).find(
    (settings) => number(descend(settings, 'port', 'number'))?.value === port,
  );
  return own ?? policy;
}

/** Namespaces with DestinationRules, by the hosts of these. */
const namespacesByHost = oncePerContext((context) => {
  const found = new Map<string, Set<string>>();
  for (const { host, namespace } of configOf(context).destinationRules.all)
    found.set(host.host, (found.get(host.host) ?? new Set()).add(namespace));
  return found;
});

/** A namespace without DestinationRules of its own, which stands for all of these. */
const anyOther = '';

/** Rules that some clients of a host find, by the namespace of the clients. */
interface Found {
  readonly namespace: string;
  readonly rules: readonly EffectiveDestinationRule[];
}

/**
 * The rules for a host as clients find them: their own namespace's first, then that of the entry, then those of the root
 * namespace, and of several hosts the narrowest (istio/pilot/pkg/model/push_context.go destinationRule, 1.32).
 */
function rulesFor(context: Context, entry: Entry, written: string): Found[] {
  const host = written.toLowerCase();
  const namespaces = namespacesByHost(context);
  const speaking = [host, ...wildcardsOver(host)].flatMap((one) => [...(namespaces.get(one) ?? [])]);
  const own = entry.resource.namespace || 'default';
  const exported = entry.exportTo.map(({ value }) => (value === '.' ? own : value));
  const clients =
    exported.length === 0 || exported.includes('*') ? new Set([anyOther, own, ...speaking]) : new Set(exported);
  const service = { host, namespace: own } as RegistryService;
  return [...clients].sort().map((namespace) => ({
    namespace,
    rules: configOf(context).destinationRules.candidates(namespace, service),
  }));
}

function startsTls({ trafficPolicy }: EffectiveDestinationRule, port: number): Omit<Origination, 'others'> | undefined {
  const settings = settingsOf(trafficPolicy, port);
  const tls = child(settings, 'tls');
  const mode = text(child(tls, 'mode'))?.value;
  if (tls === undefined || (mode !== 'SIMPLE' && mode !== 'MUTUAL')) return undefined;
  const host = text(descend(rootField(tls.resource), 'spec', 'host'));
  return host && { rule: tls.resource, host, tls, port: descend(settings, 'port', 'number') };
}

/**
 * The DestinationRule that starts TLS for a port: that of clients without rules of their own, else that of the entry's namespace,
 * else any; undefined where none does. All clients of a MeshExternalService get the same.
 */
export function originationOf(context: Context, entry: Entry, host: string, port: EntryPort): Origination | undefined {
  const found = rulesFor(context, entry, host).map(({ namespace, rules }) => ({
    namespace,
    // Rules with a selector are for some of the namespace's clients, which makes two kinds of them.
    ways: [
      ...rules.filter(({ workloadSelector }) => workloadSelector !== undefined),
      rules.findLast(({ workloadSelector }) => workloadSelector === undefined),
    ].map((rule) => rule && startsTls(rule, port.number.value)),
  }));
  const wayOf = (wanted: string) =>
    found.find(({ namespace }) => namespace === wanted)?.ways.find((way) => way !== undefined);
  const chosen =
    wayOf(anyOther) ??
    wayOf(entry.resource.namespace || 'default') ??
    found.flatMap(({ ways }) => ways).find((way) => way);
  if (chosen === undefined) return undefined;
  const others = found.filter(({ ways }) =>
    ways.some((way) => way?.tls.resource !== chosen.rule || way.tls.path !== chosen.tls.path),
  );
  return { ...chosen, others: others.map(({ namespace }) => namespace || 'namespaces without a rule of their own') };
}

/** Where DestinationRules have clients of a host speak Istio's own mutual TLS, whatever its endpoints say of themselves. */
export const mutualDemands = (context: Context, entry: Entry, host: string): Field[] => {
  const rules = new Set(rulesFor(context, entry, host).flatMap(({ rules: all }) => all));
  return [...rules].flatMap(({ trafficPolicy }) =>
    [trafficPolicy, ...items(child(trafficPolicy, 'portLevelSettings'))].flatMap((block) => {
      const mode = text(descend(block, 'tls', 'mode'));
      return mode?.value === 'ISTIO_MUTUAL' ? [mode] : [];
    }),
  );
};

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
  { rule, host, tls, port, others }: Origination,
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
  if (others.length > 0 && mode !== undefined)
    context.approximate(mode, undefined, codes.serviceEntry.tlsForAll, {
      rule: rule.name,
      host: target.host.value,
      others: others.join(', '),
    });
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
