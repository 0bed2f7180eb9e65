import { codes } from '@isthmus/diagnostics';
import { settingsOf } from '@isthmus/istio';
import type { Context } from '../../context.ts';
import { configOf } from '../../effective-config.ts';
import { dnsLabel } from '../../names.ts';
import { oncePerContext } from '../../once.ts';
import type { Binding } from './bind.ts';
import { gatewayApi } from './emit-gateway.ts';
import type { Backend } from './read-action.ts';

/** The Services that a BackendTLSPolicy is drafted for already; of two for one Service Kong reads none. */
const drafted = oncePerContext(() => new Set<string>());

/** What Kong asks the server for: what Istio asks for, else the name of the Service, for a person to look at. */
const hostnameOf = (names: readonly (string | undefined)[], otherwise: string): string =>
  names.find(
    (name) => name !== undefined && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name),
  ) ?? otherwise;

/**
 * Where Istio's gateway starts TLS towards a backend by a DestinationRule, Kong would send plain text: a blocker, with the draft
 * of a BackendTLSPolicy in the version that Kong's ingress controller reads (kic/internal/gatewayapi/aliases.go, 3.5).
 */
export function reportBackendTls(context: Context, binding: Binding, backends: readonly Backend[]): void {
  const config = configOf(context);
  const { namespace: home = binding.namespace, labels } = binding.workload;
  for (const { namespace, service: name, subset: part, port: number, host } of backends) {
    const base = part?.service.resource.name ?? name;
    const service = config.registry
      .withHost(`${base}.${namespace}.svc.${config.mesh.clusterDomain}`)
      .find(({ registry }) => registry === 'kubernetes');
    const port = service?.ports.find((one) => one.port === number);
    if (service === undefined || port === undefined) continue;
    const rule = config.destinationRules.find({ namespace: home, labels }, service);
    const subset = rule?.subsets.find((one) => one.name === part?.field.value);
    const { tls } = settingsOf(config, { service, port, rule, subset });
    if (tls?.mode !== 'SIMPLE' && tls?.mode !== 'MUTUAL') continue;
    const named = `${namespace}/${name}`;
    const [of] = rule?.resources ?? [];
    context.report(codes.gateway.backendTls, { service: named, rule: of?.name ?? '', port: number }, host);
    if (drafted(context).has(named)) continue;
    drafted(context).add(named);
    const authority = dnsLabel(`${name}-authority`);
    const certificate = tls.mode === 'MUTUAL' ? ', annotate the Service with konghq.com/client-cert,' : '';
    context.emit({
      role: 'draft',
      stage: 'edge',
      why: `Put the authority of the certificate of ${named} into ConfigMap ${authority} (keys id, a UUID, and ca.crt; label konghq.com/ca-cert)${certificate} and start Kong's ingress controller with the feature gate GatewayAlpha. Kong then speaks TLS to all ports of the Service: let its sidecar take them for TCP (appProtocol tcp).`,
      object: {
        apiVersion: `${gatewayApi}/v1alpha3`,
        kind: 'BackendTLSPolicy',
        metadata: { name: dnsLabel(`${name}-tls`), namespace },
        spec: {
          targetRefs: [{ group: '', kind: 'Service', name }],
          validation: {
            hostname: hostnameOf([tls.sni, ...(tls.subjectAltNames ?? [])], `${name}.${namespace}.svc`),
            caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: authority }],
          },
        },
      },
      services: [named],
    });
  }
}
