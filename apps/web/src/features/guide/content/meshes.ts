import type { SectionText } from './section.ts';

export const meshes = {
  models: {
    lead: 'Istio configures hosts, Kong Mesh configures destinations. Both end as configuration of Envoy, and that is where they can be compared.',
    parts: [
      {
        kind: 'compare',
        rows: [
          [
            'What a rule is about',
            'A host name, in a VirtualService or DestinationRule. What a name stands for is looked up afterwards.',
            'A resource: MeshService, MeshExternalService or MeshMultiZoneService, named in `to[].targetRef`.',
          ],
          [
            'How many kinds',
            'One kind for many things: a VirtualService holds matches, timeouts, retries, faults and mirrors.',
            'One policy for each thing: MeshHTTPRoute, MeshTimeout, MeshRetry, MeshCircuitBreaker and others.',
          ],
          [
            'Several rules for one service',
            'Mostly exclusive: one VirtualService of a host counts for a client, and a DestinationRule replaces that of the root namespace as a whole.',
            'Merged leaf by leaf: a policy for the whole mesh goes on holding wherever a nearer one is silent. Lists are replaced.',
          ],
          [
            'Which one is stronger',
            'The older one, or the one nearer to the client, depending on the kind.',
            'The kind of the top-level `targetRef`, then origin, role and kind of the destination, then the smaller name.',
          ],
          [
            'Where no route fits',
            'A VirtualService without a fitting rule answers 404.',
            'The request goes to the service itself, as if there were no route.',
          ],
        ],
      },
      {
        kind: 'text',
        title: 'What follows for a translation',
        text: 'One VirtualService becomes several policies, and a leaf that Istio leaves at its default has to be written down in Kong Mesh wherever a policy of the mesh would fill it. That is why emitted policies look longer than their sources.\n\nIsthmus never trusts a mapping by name. It compiles the behaviour of both sides and compares them: the page Behaviour shows a request for each difference.',
      },
    ],
    sources: [
      'kuma, pkg/plugins/policies/core/rules/merge and rules/sort, 2.13, 2.14 and 3.0: order and merging run',
      'istio 1.32-dev: choice of VirtualServices and DestinationRules run',
    ],
  },
  scoping: {
    lead: 'In Istio the namespace and the selector of a policy say for whom it counts. In Kong Mesh its place does too, by a role that the control plane works out.',
    parts: [
      {
        kind: 'compare',
        rows: [
          [
            'For the whole mesh',
            'A policy in the root namespace, `istio-system` by default.',
            'A policy in the system namespace, `kong-mesh-system` by default: role `system`.',
          ],
          [
            'For one namespace',
            'A policy in that namespace without a selector.',
            'A policy in that namespace: role `workload-owner` for what its pods receive, `consumer` for what they call.',
          ],
          [
            'By the owner of a service, for all who call it',
            'A VirtualService in the namespace of the service, exported to `*`.',
            'A policy beside the MeshService that names nothing but it: role `producer`. It counts in all namespaces and zones.',
          ],
          [
            'For some pods',
            'A `selector` by labels.',
            'A top-level `targetRef` of kind `Dataplane` with labels; `sectionName` narrows it to a port.',
          ],
          [
            'Hidden from others',
            '`exportTo` of the resource.',
            'Nothing: a MeshService is there for the whole mesh. What a proxy gets is trimmed by `kuma.io/reachable-backends`.',
          ],
        ],
      },
      {
        kind: 'text',
        title: 'The label comes before the policy',
        text: 'The webhooks of Kong Mesh see only namespaces that carry the label key `kuma.io/sidecar-injection`, with any value. In a namespace without it a policy is neither checked nor given its role, and acts on the whole mesh. Isthmus therefore writes what restricts access into the system namespace, and says where a namespace has to be labelled first.',
      },
      {
        kind: 'text',
        title: 'What 3.0 refers to',
        text: 'From 3.0 on a `targetRef` chooses destinations by `labels` only; `name` and `namespace` are gone, and so are `from` sections. The shapes that Isthmus emits follow the version in the settings.',
      },
    ],
    sources: [
      'kuma, pkg/core/resources/labels/compute.go and policies/core/matchers/dataplane.go, 2.13, 2.14 and 3.0: run',
      'kuma, UPGRADE.md: selection by labels only, removal of from',
    ],
  },
  visibility: {
    lead: 'Both meshes tell every proxy about every service unless somebody trims that. The means differ, and neither closes the way to what it leaves out by itself.',
    parts: [
      {
        kind: 'compare',
        rows: [
          [
            'Without any setting',
            'All services of all namespaces that are exported to the client: `*` by default.',
            'All destinations of the mesh, those of other zones included.',
          ],
          [
            'Trimmed by',
            '`egress.hosts` of a Sidecar, for a workload, a namespace or the mesh; `exportTo`; `discoverySelectors`.',
            'The annotation `kuma.io/reachable-backends` of a pod, a list of references.',
          ],
          ['Nothing at all', '`~/*` as the only host.', '`refs: []`: a proxy without any outbound.'],
          [
            'What was left out',
            'Leaves as traffic to an unknown host: passthrough, or refused with `REGISTRY_ONLY`.',
            'Leaves by the passthrough in plaintext, unless a MeshPassthrough closes it.',
          ],
          [
            'Worked out from permissions',
            'No.',
            'Up to 2.14 as an experiment (`KUMA_EXPERIMENTAL_AUTO_REACHABLE_SERVICES`), for a part of the permissions; 3.0 has it no more.',
          ],
        ],
      },
      {
        kind: 'text',
        text: 'A broken annotation is not refused when the pod is applied: the Dataplane is just not generated or updated any more, with an event. Isthmus writes one reference for each destination, since a reference by labels with a `port` takes only one of those that match.\n\nHow much trimming saves stands in the section on scale; what it means for your services is on the page Fan-out.',
      },
    ],
    sources: [
      'istio 1.32-dev, sidecar scope: run',
      'kuma 2.14 and 3.0, reachable backends: run; UPGRADE.md, Auto reachable services removed',
    ],
  },
  order: {
    lead: 'Istio takes the first rule that fits. Kong Mesh sorts all rules by how specific they are. The same list can therefore decide in two ways.',
    parts: [
      {
        kind: 'compare',
        rows: [
          [
            'Order',
            'As written, within the one VirtualService that counts for the client.',
            'Exact paths, then prefixes (longer first), then regular expressions (longer text first), then rules without a path; after that methods, number of headers, number of parameters.',
          ],
          ['Prefix', 'Of characters: `/api` fits `/apis`.', 'Of path segments: `/api` does not fit `/apis`.'],
          [
            'After a rule that takes everything',
            'The rest of the list is dead.',
            'More specific rules behind it would come back to life; Isthmus drops them.',
          ],
          [
            'Two resources for one host',
            'One of them counts, the older one for sidecars.',
            'Rules of all policies are merged, then sorted.',
          ],
          [
            'Where it is decided',
            'In the proxy of the client.',
            'In the proxy of the client as well, from a policy beside the service.',
          ],
        ],
      },
      {
        kind: 'text',
        title: 'An example that turns around',
        text: 'First rule: prefix `/` with the header `x-cabin: crew`, to `v2`. Second rule: exact path `/login`, to `v3`. A request for `/login` with that header goes to `v2` in Istio, and to `v3` where the rules are copied one by one, because an exact path comes before every prefix.\n\nWhere the order matters, Isthmus writes paths as regular expressions whose lengths fall in the order of the list. What cannot be kept is refused with 503 and blocks, so that no other rule takes its requests.',
      },
    ],
    sources: [
      'istio 1.32-dev and envoy 1.40: rules in order, cut-off behind a catch-all: run',
      'kuma, pkg/plugins/policies/meshhttproute/api/v1alpha1/compare.go, 2.14 and 3.0',
    ],
  },
  defaults: {
    lead: 'What nobody configures is behaviour too, and the defaults differ. Isthmus keeps those of Istio with policies called `istio-parity`, unless the settings adopt those of Kong Mesh.',
    parts: [
      {
        kind: 'compare',
        rows: [
          ['Timeout of a request', 'None.', '15 s outbound.'],
          ['Timeout of connecting', '10 s.', '5 s outbound.'],
          [
            'Retries over HTTP',
            '2, on connection failures, refused streams and the like.',
            '5 by default, with a timeout of 16 s for each try.',
          ],
          [
            'Limits',
            'None.',
            'A default MeshCircuitBreaker: 1,024 connections, pending requests and requests, and 3 retries at the same time.',
          ],
          ['Load balancing', 'Least requests.', 'Round robin.'],
          ['Access without a policy', 'Allowed.', 'Denied as soon as a workload has an identity.'],
          ['Traffic to unknown hosts', 'Passes (`ALLOW_ANY`).', 'Passes, unless a MeshPassthrough says otherwise.'],
        ],
      },
      {
        kind: 'text',
        text: 'The parity policies stand in the system namespace, for the whole mesh; among equals the smaller name wins, so that `istio-parity` comes before `mesh-timeout-all`. A policy for a single service repeats every leaf that the parity policy sets, since Kong Mesh merges leaf by leaf.\n\nA report that takes 20 s works in Istio and ends after 15 s with the defaults of Kong Mesh: look at long requests first if you adopt them.',
      },
    ],
    sources: [
      'kuma, pkg/defaults/mesh/meshtimeout.go, meshretry.go, meshcircuitbreaker.go, 2.14 and 3.0',
      'istio, pkg/config/mesh/mesh.go, 1.32-dev',
    ],
  },
  resilience: {
    lead: 'The settings of a DestinationRule become several policies. Most numbers carry over; where and when they act is not always the same.',
    parts: [
      {
        kind: 'compare',
        rows: [
          [
            'Which rule counts',
            'That of the namespace of the client, else of the service, else of the root namespace. No merging between them.',
            'All of them, merged.',
          ],
          [
            'Settings of one port',
            'Replace the whole block: what they leave out is back at its default.',
            'Inherit from the service what they leave out; Isthmus writes it out.',
          ],
          ['Subsets', 'By labels, in a DestinationRule.', 'A Service for each subset.'],
          [
            'Injected faults',
            'By the proxy of the client. They are not retried, and a delay does not count as part of the timeout.',
            'By the proxy of the server: the client retries them, and its timeout counts the delay.',
          ],
          [
            'Retries of HTTP/2 ports',
            'As for HTTP.',
            'A MeshRetry has no effect on a port whose `appProtocol` is `http2`.',
          ],
          [
            'All endpoints ejected',
            '503: the panic threshold is 0 %.',
            'Requests go to ejected endpoints: it is 50 %, unless a policy sets it.',
          ],
        ],
      },
      {
        kind: 'text',
        title: 'Ejection that never happens',
        text: 'Both meshes leave `maxEjectionPercent` at 10, and Envoy does not eject an endpoint where that allows none: with 2, 3 or 9 endpoints nothing is ever ejected, with 10 one. A finding says so where it is the case.',
      },
    ],
    sources: [
      'istio 1.32-dev and envoy 1.40: lookup, port settings, faults, ejection: run',
      'kuma 2.14: faults of servers, MeshRetry on http2',
    ],
  },
  protocols: {
    lead: 'Istio reads the protocol of a port from its name, or from the first bytes. Kong Mesh reads `appProtocol` of the Service, and nothing else on the side of the client.',
    parts: [
      {
        kind: 'compare',
        rows: [
          [
            'Where it stands',
            'The name of the port (`http-web`), `appProtocol`, or what the connection looks like.',
            '`appProtocol`: `http`, `http2`, `grpc`, `tcp`; `kafka` up to 2.14.',
          ],
          [
            'A port without one',
            'Is looked at connection by connection.',
            'Is TCP: routes, retries, timeouts and rate limits of HTTP have no effect.',
          ],
          [
            'Another value',
            'Istio knows more of them, such as `https`, `tls` and `mongo`; the rest is TCP.',
            'Up to 2.14 every connection to the port is closed; 3.0 refuses the whole MeshService.',
          ],
          [
            'A port that no Service declares',
            'Passes to the application.',
            'From 2.13 on is closed with mode Strict (strict inbound ports).',
          ],
          [
            'Headless Services',
            'One service, with an endpoint for each pod.',
            'One MeshService for each pod; policies choose them by labels.',
          ],
          [
            'Services without a selector',
            'Their endpoints as written down.',
            'A MeshService that may select every Dataplane of the namespace.',
          ],
        ],
      },
      {
        kind: 'text',
        text: 'Isthmus offers patches that set `appProtocol` where Istio reads the protocol from a name. They can be applied before the migration: Istio reads the field as well.\n\n`sectionName` is not one thing: on a policy for a `Dataplane` it is the name of the container port, in a reference to a MeshService that of the Service port. A wrong one is accepted and matches nothing.',
      },
    ],
    sources: [
      'kuma 2.13, 2.14 and 3.0: appProtocol, headless Services, section names: run',
      'kuma, UPGRADE.md, 2.13: strict inbound ports',
    ],
  },
} satisfies Record<string, SectionText>;
