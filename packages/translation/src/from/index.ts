import type { Context } from '../context.ts';
import { checkExistingPolicies } from '../security/existing.ts';
import { translateAbsence } from './authorization-policy/absence-to-mesh-traffic-permission.ts';
import { translateAuthorizationPolicies } from './authorization-policy/to-mesh-traffic-permission.ts';
import { accountForDestinationRules } from './destination-rule/account.ts';
import { translateDestinationRules } from './destination-rule/translate.ts';
import { translateEgressGateways } from './egress-gateway/translate.ts';
import { translateEnvoyFilters } from './envoy-filter/translate.ts';
import { annotateBackends } from './gateway/kong-annotations.ts';
import { translateGateways } from './gateway/translate.ts';
import { translateGatewayApi } from './gateway-api/translate.ts';
import { translateDefaults } from './mesh-config/defaults-to-policies.ts';
import { translateTrust } from './mesh-config/trust-to-mesh-identity.ts';
import { translatePeerAuthentications } from './peer-authentication/to-mesh-tls.ts';
import { translateRequestAuthentications } from './request-authentication/to-kong-plugin.ts';
import { translateRest } from './rest/translate.ts';
import { translateServiceEntries } from './service-entry/translate.ts';
import { translateTelemetry } from './telemetry/translate.ts';
import { translateTrafficExtensions } from './traffic-extension/translate.ts';
import { accountForVirtualServices } from './virtual-service/account.ts';
import { translateVirtualServices } from './virtual-service/translate.ts';
import { translateWorkloadEntries } from './workload-entry/translate.ts';

/** Translates every resource of a kind in an estate. */
export type Translator = (context: Context) => void;

/** All translators, by kind; each adds to the context what it emits and what it says of each field. The rest comes last. */
export const translators: readonly Translator[] = [
  checkExistingPolicies,
  translateAbsence,
  translateAuthorizationPolicies,
  translateDefaults,
  translatePeerAuthentications,
  translateTrust,
  translateRequestAuthentications,
  translateServiceEntries,
  translateEgressGateways,
  translateGateways,
  translateVirtualServices,
  translateDestinationRules,
  translateTelemetry,
  translateEnvoyFilters,
  translateTrafficExtensions,
  translateWorkloadEntries,
  accountForVirtualServices,
  accountForDestinationRules,
  translateGatewayApi,
  annotateBackends,
  translateRest,
];
