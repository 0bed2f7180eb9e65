import type { LiveInventory } from '@isthmus/contract';
import { count } from '../../text/format.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Section } from '../../ui/page.tsx';
import { Count } from '../../ui/status.tsx';
import { useAddress } from '../../ui/use-search.ts';
import { useSorting } from '../../ui/use-sorting.ts';
import { byMeshWords, meshWords } from './words.ts';

type Row<Key extends keyof LiveInventory> = LiveInventory[Key] extends readonly (infer Item)[] ? Item : never;

const text = <R extends object>(
  id: string,
  title: string,
  width: readonly [number, number],
  value: (row: R) => string,
): Column<R> => ({
  id,
  title,
  width,
  value,
});

const number = <R extends object>(id: string, title: string, value: (row: R) => number): Column<R> => ({
  id,
  title,
  width: [96, 1],
  isNumber: true,
  value,
  cell: (row) => <Count value={value(row)} />,
});

const namespaceColumns: readonly Column<Row<'namespaces'>>[] = [
  text('name', 'Namespace', [160, 2], ({ name }) => name),
  text('claim', 'Claimed by label', [140, 1], ({ claim, revision }) =>
    revision === '' || revision === 'default' ? meshWords[claim] : `${meshWords[claim]}, revision ${revision}`,
  ),
  text('injected', 'Pods by the mesh that injected them', [240, 3], ({ injected }) => byMeshWords(injected)),
  number('pods', 'Pods', ({ pods }) => pods),
  number('services', 'Services', ({ services }) => services),
  number('workloads', 'Workloads', ({ workloads }) => workloads),
];

const planeColumns: readonly Column<Row<'controlPlanes'>>[] = [
  text('mesh', 'Mesh', [100, 1], ({ mesh }) => meshWords[mesh]),
  text('role', 'Role', [100, 1], ({ role }) => role),
  text('version', 'Version', [120, 1], ({ version }) => version || 'not told'),
  text('revision', 'Revision', [100, 1], ({ revision }) => revision),
  text('name', 'Workload', [200, 2], ({ namespace, name }) => `${namespace}/${name}`),
  text('ready', 'Ready', [80, 1], ({ ready, replicas }) => `${ready} of ${replicas}`),
];

const gatewayWords = { istio: 'Istio', 'gateway-api': 'Gateway API', kong: 'Kong Gateway' } as const;

const gatewayColumns: readonly Column<Row<'gateways'>>[] = [
  text('name', 'Gateway', [200, 2], ({ namespace, name }) => `${namespace}/${name}`),
  text('kind', 'Kind', [120, 1], ({ kind }) => gatewayWords[kind]),
  text('detail', 'Version or class', [140, 1], ({ detail }) => detail),
  text('addresses', 'Addresses', [200, 2], ({ addresses }) => addresses.join(', ')),
];

const serviceColumns: readonly Column<Row<'services'>>[] = [
  text('name', 'Service', [180, 2], ({ name }) => name),
  text('namespace', 'Namespace', [140, 1], ({ namespace }) => namespace),
  text('ready', 'Ready endpoints by mesh', [240, 2], ({ ready }) => byMeshWords(ready)),
  number('endpoints', 'Endpoints', ({ endpoints }) => endpoints),
];

const workloadColumns: readonly Column<Row<'workloads'>>[] = [
  text('name', 'Workload', [180, 2], ({ name }) => name),
  text('namespace', 'Namespace', [140, 1], ({ namespace }) => namespace),
  text('kind', 'Kind', [120, 1], ({ kind }) => kind),
  text('injected', 'Pods by mesh', [220, 2], ({ injected }) => byMeshWords(injected)),
  text('ready', 'Ready', [80, 1], ({ ready, replicas }) => `${ready} of ${replicas}`),
];

const kindColumns: readonly Column<Row<'kinds'>>[] = [
  text('kind', 'Kind', [180, 2], ({ kind }) => kind),
  text('group', 'API group', [200, 2], ({ group }) => group),
  text('versions', 'Served versions', [200, 2], ({ versions }) => versions.join(', ')),
  number('count', 'Objects', (row) => row.count),
];

const podColumns: readonly Column<Row<'pods'>>[] = [
  text('name', 'Pod', [220, 2], ({ name }) => name),
  text('workload', 'Of', [180, 2], ({ workload }) => workload),
  text('claim', 'Claimed by label', [120, 1], ({ claim }) => meshWords[claim]),
  text('injected', 'Injected by', [100, 1], ({ injected }) => meshWords[injected]),
  text('proxies', 'Proxies', [200, 2], ({ proxies }) =>
    proxies
      .map(({ mesh, version, revision }) =>
        [meshWords[mesh as 'istio' | 'kong-mesh'], version, revision === '' ? '' : `(${revision})`]
          .filter((part) => part !== '')
          .join(' '),
      )
      .join(', '),
  ),
  text('phase', 'Phase', [100, 1], ({ phase, ready }) => (ready ? phase : `${phase}, not ready`)),
];

/** The tables of what a cluster shows. Opening a namespace lists its pods. */
export function Inventory({ inventory }: { inventory: LiveInventory }) {
  const [search, change] = useAddress();
  const sorting = useSorting();
  const { namespaces, controlPlanes, gateways, services, workloads, kinds, pods, podsTotal } = inventory;
  const shown = search.pods;
  const differing = pods.filter(({ claim, injected }) => claim !== injected).length;
  return (
    <>
      <Section title="Control planes">
        <DataTable
          label="Control planes"
          columns={planeColumns}
          rows={controlPlanes}
          rowId={({ namespace, name }) => `${namespace}/${name}`}
          {...sorting('planes', planeColumns)}
          empty="Neither istiod nor a control plane of Kong Mesh runs here."
        />
      </Section>
      <Section title="Namespaces" note="Enter lists the pods of a namespace.">
        <DataTable
          label="Namespaces of the cluster"
          columns={namespaceColumns}
          rows={namespaces}
          rowId={({ name }) => name}
          {...sorting('namespaces', namespaceColumns)}
          onOpen={({ name }) => change({ pods: name === shown ? undefined : name })}
          empty="No namespace could be read."
        />
      </Section>
      {shown !== undefined && (
        <Section
          title={`Pods of ${shown}`}
          note={
            differing === 0
              ? 'Each has the proxy that its labels ask for.'
              : `${count(differing, 'pod')} ${differing === 1 ? 'has' : 'have'} another proxy than the labels ask for: restarted, ${differing === 1 ? 'it follows' : 'they follow'} the labels.`
          }
        >
          <DataTable
            label={`Pods of ${shown}`}
            columns={podColumns}
            rows={pods}
            rowId={({ namespace, name }) => `${namespace}/${name}`}
            {...sorting('podsort', podColumns)}
            empty="No pod runs there."
          />
        </Section>
      )}
      <Section title="Services" note={`${count(podsTotal, 'pod')} in all.`}>
        <DataTable
          label="Services of the cluster"
          columns={serviceColumns}
          rows={services}
          rowId={({ namespace, name }) => `${namespace}/${name}`}
          {...sorting('services', serviceColumns)}
          empty="No Service could be read."
        />
      </Section>
      <Section title="Workloads">
        <DataTable
          label="Workloads of the cluster"
          columns={workloadColumns}
          rows={workloads}
          rowId={({ kind, namespace, name }) => `${kind} ${namespace}/${name}`}
          {...sorting('workloads', workloadColumns)}
          empty="No workload could be read."
        />
      </Section>
      <Section title="Kinds of both meshes">
        <DataTable
          label="Kinds of both meshes"
          columns={kindColumns}
          rows={kinds}
          rowId={({ group, kind }) => `${group} ${kind}`}
          {...sorting('kinds', kindColumns)}
          empty="The cluster serves no kind of Istio, Kong Mesh or the Gateway API."
        />
      </Section>
      {gateways.length > 0 && (
        <Section title="Gateways">
          <DataTable
            label="Gateways"
            columns={gatewayColumns}
            rows={gateways}
            rowId={({ kind, namespace, name }) => `${kind} ${namespace}/${name}`}
            {...sorting('gateways', gatewayColumns)}
            empty="None."
          />
        </Section>
      )}
    </>
  );
}
