import { expect, test } from 'vitest';
import { refusals, type Trial } from '../refusals.test-support.ts';

const to = (ref: string, conf: string): string => `{to: [{targetRef: ${ref}, default: ${conf}}]}`;
const at = 'spec.to[0].default';
const balancer = (text: string): string => `{loadBalancer: ${text}}`;
const zones = (text: string): string => `{localityAwareness: {crossZone: ${text}}}`;
const tags = (text: string): string => `{localityAwareness: {localZone: {affinityTags: ${text}}}}`;
const cross = `${at}.localityAwareness.crossZone`;
const affinity = `${at}.localityAwareness.localZone.affinityTags`;

test.each([
  ['{}', 'accepted'],
  ['{hashPolicies: [{type: Header}]}', `${at}.hashPolicies[0].header`],
  ['{hashPolicies: [{type: SourceIP}]}', `${at}.hashPolicies[0].connection`],
  [
    '{hashPolicies: [{type: Cookie, cookie: {name: a, path: b}}, {type: Cookie, cookie: {name: a, ttl: 1s, path: /b}}]}',
    `${at}.hashPolicies[0].cookie.path`,
  ],
  [
    '{hashPolicies: [{type: QueryParameter}, {type: FilterState}]}',
    `${at}.hashPolicies[0].queryParameter ${at}.hashPolicies[1].filterState`,
  ],
  ['{hashPolicies: [{type: Header, header: {name: ""}}]}', `${at}.hashPolicies[0].header.name`],
  [
    balancer('{type: RingHash, ringHash: {hashPolicies: [{type: Header}]}}'),
    `${at}.loadBalancer.ringHash.hashPolicies[0].header`,
  ],
  [
    balancer('{type: Maglev, maglev: {hashPolicies: [{type: Header}]}}'),
    `${at}.loadBalancer.maglev.hashPolicies[0].header`,
  ],
  [balancer('{type: Random, ringHash: {hashPolicies: [{type: Header}]}}'), 'accepted'],
  [
    '{hashPolicies: [], loadBalancer: {type: RingHash, ringHash: {hashPolicies: []}}}',
    `${at}.loadBalancer.ringHash.hashPolicies`,
  ],
  [
    balancer('{type: LeastRequest, leastRequest: {activeRequestBias: "-1"}}'),
    `${at}.loadBalancer.leastRequest.activeRequestBias`,
  ],
  [
    balancer('{type: LeastRequest, leastRequest: {activeRequestBias: "0.5", choiceCount: 1}}'),
    `${at}.loadBalancer.leastRequest.choiceCount`,
  ],
  [balancer('{type: RingHash, ringHash: {minRingSize: 8000001}}'), `${at}.loadBalancer.ringHash.minRingSize`],
  [tags('[{key: ""}]'), `${affinity}[0].key`],
  [tags('[{key: a, weight: 1}, {key: b}]'), affinity],
  [tags('[{key: a, weight: 0}]'), `${affinity}[0].weight`],
  [zones('{failover: [{from: {zones: []}, to: {type: Any}}]}'), `${cross}.failover[0].from.zones`],
  [
    zones('{failover: [{from: {zones: [""]}, to: {type: Only}}]}'),
    `${cross}.failover[0].from.zones[0] ${cross}.failover[0].to.zones`,
  ],
  [zones('{failover: [{to: {type: None, zones: [a]}}]}'), `${cross}.failover[0].to.zones`],
  [zones('{failoverThreshold: {percentage: 0}}'), `${cross}.failoverThreshold.percentage`],
  [zones('{failoverThreshold: {percentage: "70.5"}}'), 'accepted'],
  [zones('{failoverThreshold: {percentage: x}}'), `${cross}.failoverThreshold.percentage`],
])('a conf %s: %s', (conf, path) => expect(refusals('MeshLoadBalancingStrategy', to('{kind: Mesh}', conf))).toBe(path));

const system: Trial = { namespace: 'kuma-system' };

test.each([
  [
    to('{kind: MeshHTTPRoute, name: a}', '{loadBalancer: {type: Random}, localityAwareness: {}}'),
    {},
    `${at}.loadBalancer ${at}.localityAwareness`,
  ],
  [to('{kind: MeshHTTPRoute, name: a}', '{hashPolicies: []}'), {}, 'accepted'],
  [to('{kind: MeshService, name: a, sectionName: b}', zones('{}')), {}, cross],
  [to('{kind: MeshService, name: a}', zones('{}')), {}, 'accepted'],
  [to('{kind: MeshService, labels: {a: b}}', zones('{}')), { version: '3.0' } as Trial, cross],
  [to('{kind: MeshExternalService, labels: {a: b}}', '{}'), { version: '3.0' } as Trial, 'accepted'],
  [to('{kind: MeshExternalService, labels: {a: b}}', '{}'), {}, 'spec.to[0].targetRef.kind'],
  [
    `{targetRef: {kind: Dataplane}, to: [{targetRef: {kind: MeshExternalService, name: a}}]}`,
    {},
    'spec.to[0].targetRef.kind spec.to[0].targetRef.kind',
  ],
  [
    `{targetRef: {kind: MeshGateway, name: g}, to: [{targetRef: {kind: MeshService, name: a}, default: {loadBalancer: {type: Random}}}]}`,
    system,
    'spec.to[0].targetRef.kind',
  ],
  [`{targetRef: {kind: MeshGateway, name: g}, to: [{targetRef: {kind: MeshService, name: a}}]}`, system, 'accepted'],
  ['{}', { version: '2.13' } as Trial, 'spec.to'],
])('%s in %j: %s', (spec, trial, path) => expect(refusals('MeshLoadBalancingStrategy', spec, trial)).toBe(path));
