import type { Inventory } from '@isthmus/contract';
import { useSuspenseQueries } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { inventoryQuery, migrationQuery } from '../../api/queries.ts';
import { count } from '../../text/format.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Count } from '../../ui/status.tsx';
import { useSorting } from '../../ui/use-sorting.ts';

type Namespace = Inventory['namespaces'][number];
type Workload = Inventory['workloads'][number];
type ClusterService = Inventory['services'][number];
type IstioKind = Inventory['istioKinds'][number];

const injectionWords: Readonly<Record<Namespace['injection'], string>> = {
  istio: 'Istio sidecars',
  'istio-revision': 'Istio sidecars of a revision',
  ambient: 'Istio ambient',
  'kong-mesh': 'Kong Mesh sidecars',
  disabled: 'switched off',
  none: 'not asked for',
};

const namespaceColumns: readonly Column<Namespace>[] = [
  { id: 'name', title: 'Namespace', width: [180, 2], value: ({ name }) => name },
  {
    id: 'injection',
    title: 'Injection that its labels ask for',
    width: [240, 2],
    value: ({ injection, revision }) => `${injectionWords[injection]}${revision === undefined ? '' : ` ${revision}`}`,
  },
  {
    id: 'services',
    title: 'Services',
    width: [96, 1],
    isNumber: true,
    value: ({ services }) => services,
    cell: ({ services }) => <Count value={services} />,
  },
  {
    id: 'workloads',
    title: 'Workloads',
    width: [96, 1],
    isNumber: true,
    value: ({ workloads }) => workloads,
    cell: ({ workloads }) => <Count value={workloads} />,
  },
];

const workloadColumns: readonly Column<Workload>[] = [
  { id: 'name', title: 'Workload', width: [200, 2], value: ({ name }) => name },
  { id: 'namespace', title: 'Namespace', width: [140, 1], value: ({ namespace }) => namespace },
  { id: 'kind', title: 'Kind', width: [120, 1], value: ({ kind }) => kind },
  { id: 'account', title: 'Service account', width: [160, 1], value: ({ serviceAccount }) => serviceAccount },
];

const serviceColumns: readonly Column<ClusterService>[] = [
  { id: 'name', title: 'Service', width: [200, 2], value: ({ name }) => name },
  { id: 'namespace', title: 'Namespace', width: [140, 1], value: ({ namespace }) => namespace },
  {
    id: 'ports',
    title: 'Ports',
    width: [240, 3],
    value: ({ ports }) => ports.join(', '),
    cell: ({ ports }) => <code>{ports.join(', ')}</code>,
  },
];

const kindColumns: readonly Column<IstioKind>[] = [
  { id: 'kind', title: 'Kind', width: [200, 2], value: ({ kind }) => kind },
  {
    id: 'version',
    title: 'API version',
    width: [240, 2],
    value: ({ apiVersion }) => apiVersion,
    cell: ({ apiVersion }) => <code>{apiVersion}</code>,
  },
  {
    id: 'count',
    title: 'Resources',
    width: [96, 1],
    isNumber: true,
    value: ({ count: number }) => number,
    cell: ({ count: number }) => <Count value={number} />,
  },
];

/** What the snapshot holds of a cluster. */
export function InventoryPage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const [{ data: migration }, { data: inventory }] = useSuspenseQueries({
    queries: [migrationQuery(id), inventoryQuery(id)],
  });
  const navigate = useNavigate();
  const { namespaces, workloads, services, istioKinds } = inventory;
  const meshed = namespaces.filter(({ injection }) => injection !== 'none' && injection !== 'disabled').length;
  const istio = istioKinds.reduce((sum, kind) => sum + kind.count, 0);
  const sorting = useSorting();
  return (
    <Page
      title="Inventory"
      of={migration.name}
      answer={`${count(namespaces.length, 'namespace')}, ${meshed} of them in a mesh; ${count(services.length, 'Service')}, ${count(workloads.length, 'workload')} and ${count(istio, 'Istio resource')} of ${count(istioKinds.length, 'kind')}.`}
    >
      <Section title="Namespaces">
        <DataTable
          label="Namespaces"
          columns={namespaceColumns}
          rows={namespaces}
          rowId={({ name }) => name}
          {...sorting('namespaces', namespaceColumns)}
          onOpen={({ name }) =>
            void navigate({ to: '/migrations/$id/services', params: { id }, search: { namespace: name } })
          }
          empty="The snapshot names no namespace."
        />
      </Section>
      <Section title="Istio kinds">
        <DataTable
          label="Istio kinds"
          columns={kindColumns}
          rows={istioKinds}
          rowId={({ apiVersion, kind }) => `${apiVersion} ${kind}`}
          {...sorting('kinds', kindColumns)}
          onOpen={({ kind }) => void navigate({ to: '/migrations/$id/resources', params: { id }, search: { kind } })}
          empty="No Istio resource was found."
        />
      </Section>
      <Section title="Services">
        <DataTable
          label="Services of the cluster"
          columns={serviceColumns}
          rows={services}
          rowId={({ namespace, name }) => `${namespace}/${name}`}
          {...sorting('services', serviceColumns)}
          onOpen={({ namespace, name }) =>
            void navigate({
              to: '/migrations/$id/services/$namespace/$name',
              params: { id, namespace, name },
            })
          }
          empty="The snapshot holds no Service. Without them ports and selectors are unknown."
        />
      </Section>
      <Section title="Workloads">
        <DataTable
          label="Workloads"
          columns={workloadColumns}
          rows={workloads}
          rowId={({ kind, namespace, name }) => `${kind} ${namespace}/${name}`}
          {...sorting('workloads', workloadColumns)}
          empty="The snapshot holds no workload. Without them selectors cannot be followed."
        />
      </Section>
    </Page>
  );
}
