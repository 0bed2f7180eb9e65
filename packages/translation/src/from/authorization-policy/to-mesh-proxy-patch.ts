import { codes } from '@isthmus/diagnostics';
import type { AuthorizationPolicy } from '@isthmus/istio';
import type { Json } from '@isthmus/kubernetes';
import type { Context } from '../../context.ts';
import { child, descend, type Field, flag, items, number, rootField, text } from '../../field.ts';
import { isDuration } from '../../go-duration.ts';
import { emitMeshProxyPatch } from '../../mesh-proxy-patch.ts';
import { meshSettings } from '../../mesh-settings.ts';
import { dnsLabel } from '../../names.ts';
import { servicesIn } from '../../security/target.ts';
import type { SecurityView } from '../../security/view.ts';

/** An authorizer that the mesh's configuration describes, and how it is asked. */
interface Authorizer {
  /** Of the extension provider as a whole. */
  readonly provider: Field;
  readonly settings: Field;
  readonly service: Field<string>;
  readonly port: Field<number>;
}

/** The authorizer of a policy where it speaks Envoy's own gRPC; undefined for HTTP, and where the import does not describe it. */
function authorizerOf(context: Context, name: string): Authorizer | undefined {
  for (const provider of meshSettings(context, 'extensionProviders').flatMap(items)) {
    if (text(child(provider, 'name'))?.value !== name) continue;
    const settings = child(provider, 'envoyExtAuthzGrpc');
    const service = text(child(settings, 'service'));
    const port = number(child(settings, 'port'));
    if (settings !== undefined && service !== undefined && port !== undefined)
      return { provider, settings, service, port };
  }
  return undefined;
}

function clusterOf(name: string, { service, port }: Authorizer): Json {
  const options = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
  // Istio may write `<namespace>/<host>`.
  const address = service.value.slice(service.value.indexOf('/') + 1);
  return {
    name,
    type: 'STRICT_DNS',
    connectTimeout: '5s',
    typedExtensionProtocolOptions: {
      [options]: {
        '@type': `type.googleapis.com/${options}`,
        explicitHttpConfig: { http2ProtocolOptions: {} },
      },
    },
    loadAssignment: {
      clusterName: name,
      endpoints: [{ lbEndpoints: [{ endpoint: { address: { socketAddress: { address, portValue: port.value } } } }] }],
    },
  };
}

function filterOf(name: string, { settings }: Authorizer): Json {
  const timeout = text(child(settings, 'timeout'))?.value ?? '';
  const body = child(settings, 'includeRequestBodyInCheck');
  const most = number(child(body, 'maxRequestBytes'))?.value;
  return {
    name: 'envoy.filters.http.ext_authz',
    typedConfig: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_authz.v3.ExtAuthz',
      transportApiVersion: 'V3',
      failureModeAllow: flag(child(settings, 'failOpen'))?.value === true,
      grpcService: { envoyGrpc: { clusterName: name }, ...(isDuration(timeout) ? { timeout } : {}) },
      ...(most === undefined
        ? {}
        : {
            withRequestBody: {
              maxRequestBytes: most,
              allowPartialMessage: flag(child(body, 'allowPartialMessage'))?.value === true,
            },
          }),
    },
  };
}

/**
 * Drafts of MeshProxyPatches that ask the authorizer of a CUSTOM policy before everything else, as Istio does (security.md 3.2).
 * All requests are asked about, whichever the rules name: nothing gets in that Istio would have asked about.
 */
export function draftAuthorizer(context: Context, view: SecurityView, policy: AuthorizationPolicy): void {
  const { resource, namespace, scope } = policy;
  const provider = text(descend(rootField(resource), 'spec', 'provider', 'name'));
  const authorizer = provider && authorizerOf(context, provider.value);
  if (provider === undefined || authorizer === undefined) return;
  for (const leaf of context.unclaimed(authorizer.provider))
    context.claim(leaf, 'unsupported', codes.authorizationPolicy.custom);
  const name = dnsLabel(`ext-authz-${provider.value}`);
  const origins = [provider, authorizer.service, authorizer.port];
  emitMeshProxyPatch(context, {
    name: dnsLabel(`${namespace}-${resource.name}`),
    labels: {
      ...(scope.namespace === undefined ? {} : { 'k8s.kuma.io/namespace': scope.namespace }),
      ...scope.labels,
    },
    modifications: [
      { cluster: { operation: 'Add', value: context.derived(origins, clusterOf(name, authorizer)) } },
      {
        httpFilter: {
          match: { origin: 'inbound' },
          operation: 'AddFirst',
          value: context.derived(provider, filterOf(name, authorizer)),
        },
      },
    ],
    services: servicesIn(view, scope),
    draft:
      'It takes the place of the denial of the same name, once it is seen that the authorizer is asked: about every request, in plaintext, under an address outside of the mesh, and with the identities of Kong Mesh.',
  });
}
