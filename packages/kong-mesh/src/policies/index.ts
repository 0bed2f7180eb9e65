import type { ResourceRules } from './common/resource.ts';
import { hostnameGenerator } from './hostname-generator/validate.ts';
import { mesh } from './mesh/validate.ts';
import { meshAccessLog } from './mesh-access-log/validate.ts';
import { meshCircuitBreaker } from './mesh-circuit-breaker/validate.ts';
import { meshExternalService } from './mesh-external-service/validate.ts';
import { meshFaultInjection } from './mesh-fault-injection/validate.ts';
import { meshHealthCheck } from './mesh-health-check/validate.ts';
import { meshHttpRoute } from './mesh-http-route/validate.ts';
import { meshIdentity } from './mesh-identity/validate.ts';
import { meshLoadBalancingStrategy } from './mesh-load-balancing-strategy/validate.ts';
import { meshMetric } from './mesh-metric/validate.ts';
import { meshMultiZoneService } from './mesh-multi-zone-service/validate.ts';
import { meshOpenTelemetryBackend } from './mesh-open-telemetry-backend/validate.ts';
import { meshPassthrough } from './mesh-passthrough/validate.ts';
import { meshProxyPatch } from './mesh-proxy-patch/validate.ts';
import { meshRateLimit } from './mesh-rate-limit/validate.ts';
import { meshRetry } from './mesh-retry/validate.ts';
import { meshService } from './mesh-service/validate.ts';
import { meshTcpRoute } from './mesh-tcp-route/validate.ts';
import { meshTimeout } from './mesh-timeout/validate.ts';
import { meshTls } from './mesh-tls/validate.ts';
import { meshTrace } from './mesh-trace/validate.ts';
import { meshTrafficPermission } from './mesh-traffic-permission/validate.ts';
import { meshTrust } from './mesh-trust/validate.ts';

/** The kinds whose rules are known, by name. */
const all: readonly ResourceRules[] = [
  hostnameGenerator,
  mesh,
  meshAccessLog,
  meshCircuitBreaker,
  meshExternalService,
  meshFaultInjection,
  meshHealthCheck,
  meshHttpRoute,
  meshIdentity,
  meshLoadBalancingStrategy,
  meshMetric,
  meshMultiZoneService,
  meshOpenTelemetryBackend,
  meshPassthrough,
  meshProxyPatch,
  meshRateLimit,
  meshRetry,
  meshService,
  meshTcpRoute,
  meshTimeout,
  meshTls,
  meshTrace,
  meshTrafficPermission,
  meshTrust,
];

const byKind = new Map(all.map((rules) => [rules.kind, rules]));

/** The rules of a kind; undefined where Isthmus knows only its schema. */
export function rulesOf(kind: string): ResourceRules | undefined {
  return byKind.get(kind);
}
