import { isList, isMap, type Json } from '@isthmus/kubernetes';
import type { Translation } from '@isthmus/translation';

/** What everybody's clusters call so, and the words of DNS names, SPIFFE ids and protocols: these say nothing of anybody. */
const commonNames: ReadonlySet<string> = new Set(
  `all any app apps argocd cluster com cert-manager default dev disable disabled dns enable enabled exact ext-authz false
  grpc grpc-web http http2 https infra io istio istio-egressgateway istio-ingress istio-ingressgateway istio-parity
  istio-system istiod ingressgateway egressgateway jaeger kiali kong kong-gateway kong-mesh kong-mesh-system kube-node-lease
  kube-public kube-system kubernetes kuma local localhost mesh metrics mongo mysql name namespace net none ns opentelemetry
  org otel pod prefix prometheus redis regex sa service spiffe svc tcp tls true udp version workload zipkin zone-1 allow-all`
    .split(/\s+/)
    .filter(Boolean),
);

// Without these no sentence can be read; whoever calls a thing so gives nothing away by it.
const grammar: ReadonlySet<string> = new Set(
  `a an and are as at be because been by client clients decide decided decides do does for from goes has have if in into is
  it its may more no nobody nor not of on only or other others port ports request requests rule rules same so spec status
  than that the them there they this those to under what where whether which who whom with without Envoy Gateway Istio
  Kong Kubernetes Mesh`
    .split(/\s+/)
    .filter(Boolean),
);

/** Whether a name is one that every estate may have, or a word that no sentence can do without. */
export const isCommon = (name: string): boolean => commonNames.has(name) || grammar.has(name);

/** A run of characters that names are made of; dots, slashes, colons and stars stand between them. */
export const run = /[\p{L}\p{N}_](?:[\p{L}\p{N}_-]*[\p{L}\p{N}_])?/gu;

// Below these keys stand names of things, in Istio, Kubernetes and both targets.
const namingKeys = new Set(
  `name namespace namespaces notNamespaces namespaceSelector generateName labels matchLabels selector sourceLabels
  sourceNamespace subset subsets host hosts hostname hostnames exportTo gateways principals notPrincipals requestPrincipals
  notRequestPrincipals serviceAccount serviceAccounts serviceAccountName credentialName credentialNames subjectAltNames sni
  sniHosts address addresses issuer issuers jwksUri audiences trustDomain trustDomainAliases domain network locality url
  uri service serviceName clusterName mesh image version revision provider providers secretName authority`
    .split(/\s+/)
    .filter(Boolean),
);

function addRuns(text: string, into: Set<string>): void {
  // No name has blanks or is as long as a certificate, and Envoy's own are everybody's.
  if (text.length > 2000 || /\s/.test(text) || /^(?:envoy\.|type\.googleapis\.com\/)/.test(text)) return;
  for (const [found] of text.matchAll(run)) if (/\p{L}/u.test(found) && !isCommon(found)) into.add(found);
}

function collect(value: Json | undefined, isNaming: boolean, into: Set<string>): void {
  if (typeof value === 'string') {
    if (isNaming) addRuns(value, into);
  } else if (isList(value)) for (const item of value) collect(item, isNaming, into);
  else if (isMap(value))
    for (const [key, part] of Object.entries(value))
      collect(part, namingKeys.has(key) || (isNaming && !isStructure(key)), into);
}

// What stands below a name without being one: how a text is matched, and kinds of things.
const isStructure = (key: string): boolean =>
  key === 'kind' || key === 'operator' || key === 'type' || key === 'protocol';

/** The names in an estate and in what was made of it, as runs of characters: whatever could tell whose it is. */
export function namesOf({ estate, emitted }: Translation): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { object, source } of [...estate.istio, ...estate.context]) {
    collect(object, false, names);
    if (source.cluster !== undefined) addRuns(source.cluster, names);
  }
  for (const { object } of emitted) collect(object as unknown as Json, false, names);
  for (const { file } of estate.sources) for (const part of file.split(/[/.]/).slice(0, -1)) addRuns(part, names);
  for (const { name } of estate.skipped) addRuns(name, names);
  return names;
}
