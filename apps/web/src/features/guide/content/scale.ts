import type { SectionText } from './section.ts';

const bench =
  'istio 1.32-dev and kuma 2.14: configuration of one proxy as the control plane made it (bytes of protobuf). Services with one HTTP port and 3 pods each; in Kong Mesh with its default policies.';

export const scale = {
  scale: {
    lead: 'What each proxy holds and whom a change reaches, measured on both control planes. Neither mesh is lean by itself: trimming is what makes the difference, and both can do it.',
    parts: [
      {
        kind: 'claims',
        claims: [
          {
            said: '“In Istio every VirtualService is broadcast to every proxy.”',
            found:
              'With the default scope and `exportTo: *` it reaches all sidecars: 1.05 MB to each at 1,000 services with one each, because the routes of a port are sent as a whole. With a Sidecar `./*` the same change reached the proxies of its own namespace only.',
          },
          {
            said: '“Kong Mesh sends updates to the proxies concerned only.”',
            found:
              'True on the wire: a proxy whose destinations do not include the change gets 0 bytes. Not true of the work: every connected proxy of the mesh is computed anew, 5 of 5 in each step. And 2.14 sends all listeners of a proxy for one route (283 kB at 300 services) unless `KUMA_EXPERIMENTAL_DELTA_XDS` is on (1.5 kB); 3.0 has that by default.',
          },
          {
            said: '“Proxies of Kong Mesh stay small without being told to.”',
            found:
              'Not trimmed, a proxy of 2.14 holds about twice the bytes of a plain one of Istio: 404 kB against 226 kB at 100 services, without mTLS. Against Istio with a VirtualService and subsets for each service it is less: 587 kB.',
          },
          {
            said: '“Reachable services are worked out by themselves.”',
            found:
              'Up to 2.14 as an experiment and for some forms of permissions; 3.0 removed it. Isthmus writes `kuma.io/reachable-backends` from the Sidecars that there are.',
          },
          {
            said: '“Trimmed proxies cost the control plane little.”',
            found:
              'In 2.14, at 1,001 services and 3,005 dataplanes, a trimmed proxy took 0.9 to 1.2 s to compute after a change, one that was not 1.4 to 1.8 s. In Istio a scoped proxy took less than 0.01 s at 3,000 services. (Two shared cores under other load: a factor of two either way.)',
          },
        ],
      },
      {
        kind: 'figures',
        title: 'One proxy that sees everything',
        measured: bench,
        columns: ['Mesh', 'Services', 'Clusters', 'Listeners', 'Size'],
        rows: [
          ['Istio', '10', '14', '3', '37 kB'],
          ['Kong Mesh, without mTLS', '10', '18', '17', '45 kB'],
          ['Istio', '100', '104', '3', '226 kB'],
          ['Istio, VirtualService and 2 subsets each', '100', '304', '3', '587 kB'],
          ['Kong Mesh, without mTLS', '100', '107', '106', '404 kB'],
          ['Kong Mesh, without mTLS', '300', '307', '306', '1.20 MB'],
          ['Kong Mesh, mTLS', '300', '307', '306', '1.30 MB'],
          ['Istio', '1,000', '1,004', '3', '2.12 MB'],
          ['Istio, VirtualService and 2 subsets each', '1,000', '3,004', '3', '5.73 MB'],
          ['Istio, ports without a protocol', '1,000', '1,004', '1,002', '4.59 MB'],
          ['Kong Mesh, mTLS', '1,001', '1,008', '1,007', '4.31 MB'],
          ['Istio', '3,000', '3,004', '3', '6.33 MB'],
        ],
      },
      {
        kind: 'figures',
        title: 'One proxy that sees its own namespace',
        measured: `${bench} Istio with a Sidecar or exportTo, Kong Mesh with kuma.io/reachable-backends.`,
        columns: ['Mesh', 'Services', 'Seen', 'Listeners', 'Size'],
        rows: [
          ['Istio', '100', '10', '3', '37 kB'],
          ['Kong Mesh, without mTLS', '100', '10', '16', '43 kB'],
          ['Kong Mesh, without mTLS', '300', '30', '36', '123 kB'],
          ['Istio', '1,000', '20', '3', '58 kB'],
          ['Kong Mesh, mTLS', '1,001', '100', '106', '434 kB'],
          ['Istio', '3,000', '60', '3', '143 kB'],
        ],
      },
      {
        kind: 'figures',
        title: 'What one change sends to each proxy that it concerns',
        measured:
          'As received on streams of discovery. istio 1.32-dev: 100 services with VirtualService and DestinationRule, default scope. kuma 2.14: 300 services, mTLS; delta against its default stream.',
        columns: ['Change', 'Istio', 'Kong Mesh, delta', 'Kong Mesh 2.14, default'],
        rows: [
          ['An endpoint', '1.4 kB', '2.3 kB', '894 kB'],
          ['A route', '105 kB of routes and 15 kB of listeners', '1.5 kB', '283 kB'],
          ['A new service', 'clusters, all listeners, all routes of its port', '2.3 kB', 'three types whole'],
          ['Something outside of a trimmed proxy', 'nothing', 'nothing', 'nothing'],
        ],
      },
      {
        kind: 'text',
        title: 'What these numbers do not say',
        text: 'They are bytes and objects, not memory of a running proxy, and no traffic passed. Kong Mesh 3.0, proxies of other zones, and ambient mode were not measured. For your own services the page Fan-out counts with the formulas that these rows confirm within 3 %.',
      },
    ],
    sources: [
      'istio 1.32-dev with envoy 1.40 and kuma 2.14, both control planes run on two shared cores, November 2026',
    ],
  },
} satisfies Record<string, SectionText>;
