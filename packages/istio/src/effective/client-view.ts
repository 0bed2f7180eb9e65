import type { Resource } from '@isthmus/kubernetes';
import { distinctionsOf } from './client-distinctions.ts';
import type { ClientQuestions } from './client-questions.ts';
import type { ClientScope, EgressListener } from './client-scope.ts';
import type { EffectiveConfig } from './config.ts';
import type { EffectiveDestinationRule } from './destination-rule.ts';
import type { RegistryService } from './registry.ts';

/** What clients of a namespace get to see of the hosts that are asked about. */
export interface ClientView {
  /** Like no other: of every host, or where selectors or a `sourceNamespace` decide about more than this. */
  readonly isUnique: boolean;
  /** Whether no Sidecar limits the clients. */
  readonly isFree: boolean;
  readonly scope: ClientScope;
  /** Of each host. */
  readonly services: readonly (RegistryService | undefined)[];
  /** Of each service. */
  readonly rules: readonly (readonly EffectiveDestinationRule[])[];
}

const noRules: readonly EffectiveDestinationRule[] = [];

/** What clients of a namespace see. */
export function viewOf(config: EffectiveConfig, namespace: string, questions: ClientQuestions): ClientView {
  const { host, hosts, sources } = questions;
  const scope = config.scopeOf({ namespace, labels: {} });
  const services = hosts.map((one) => scope.service(one));
  return {
    isUnique: host === undefined || sources.has(namespace) || questions.selectorsIn(namespace).length > 0,
    isFree: !distinctionsOf(config).limited.isOne.has(namespace),
    scope,
    services,
    rules: services.map((service) =>
      service === undefined ? noRules : config.destinationRules.candidates(namespace, service),
    ),
  };
}

type Same<V> = (a: V, b: V) => boolean;

const sameLists = <V>(a: readonly V[], b: readonly V[], same: Same<V>): boolean =>
  a === b || (a.length === b.length && a.every((one, index) => one === b[index] || same(one, b[index] as V)));

const sameName: Same<Resource> = (a, b) => a.name === b.name && a.namespace === b.namespace;

const sameRules: Same<readonly EffectiveDestinationRule[]> = (a, b) =>
  sameLists(a, b, (one, other) => sameLists(one.resources, other.resources, sameName));

const samePorts = (a: RegistryService | undefined, b: RegistryService | undefined): boolean =>
  a === b ||
  (a !== undefined && b !== undefined && sameLists(a.ports, b.ports, (one, other) => one.port === other.port));

const sameServices: Same<RegistryService | undefined> = (a, b) =>
  a !== undefined && b !== undefined && sameName(a.resource, b.resource) && samePorts(a, b);

function sameListeners(a: EgressListener, b: EgressListener, { host = '', matchingIn }: ClientQuestions): boolean {
  if (a.port !== b.port) return false;
  if (a.services !== b.services && !samePorts(a.services.get(host), b.services.get(host))) return false;
  return (
    a.virtualServices === b.virtualServices ||
    sameLists(matchingIn(a.virtualServices), matchingIn(b.virtualServices), (one, other) =>
      sameName(one.resource, other.resource),
    )
  );
}

/** Whether two namespaces' clients see the same. Most share services, rules and VirtualServices, which are compared first as they are. */
export function sameView(a: ClientView, b: ClientView, questions: ClientQuestions): boolean {
  return (
    !(a.isUnique || b.isUnique) &&
    a.isFree === b.isFree &&
    sameLists(a.services, b.services, sameServices) &&
    sameLists(a.rules, b.rules, sameRules) &&
    a.scope.outboundTrafficPolicy === b.scope.outboundTrafficPolicy &&
    sameLists(a.scope.listeners, b.scope.listeners, (one, other) => sameListeners(one, other, questions))
  );
}
