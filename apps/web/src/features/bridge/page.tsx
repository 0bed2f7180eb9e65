import { type Bridge, phases } from '@isthmus/contract';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { bridgeQuery } from '../../api/queries.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { formatSort, parseSort } from '../../ui/sort.ts';
import { Count } from '../../ui/status.tsx';
import { useAddress } from '../../ui/use-search.ts';
import classes from './bridge.module.css';
import { Picture } from './picture.tsx';

type Row = Bridge['namespaces'][number];

const nameColumn = (id: string): Column<Row> => ({
  id: 'namespace',
  title: 'Namespace',
  width: [160, 2],
  value: ({ namespace }) => namespace,
  cell: ({ namespace }) => (
    <Link to="/migrations/$id/bridge" params={{ id }} search={{ namespace } as never} tabIndex={-1} className="mono">
      {namespace}
    </Link>
  ),
});

const counts: readonly Column<Row>[] = [
  {
    id: 'services',
    title: 'Services',
    width: [88, 1],
    isNumber: true,
    value: ({ services }) => services,
    cell: ({ services }) => <Count value={services} />,
  },
  ...phases.map(
    (phase): Column<Row> => ({
      id: phase,
      title: phase,
      width: [92, 1],
      isNumber: true,
      value: (row) => row.phases[phase] ?? 0,
      cell: (row) => <Count value={row.phases[phase] ?? 0} />,
    }),
  ),
];

/** What the network looks like meanwhile: both meshes, their gateways, and the services on the side where they stand. */
export function BridgePage() {
  const id = useParams({ strict: false }).id ?? '';
  const [search, change] = useAddress();
  const { namespace } = search;
  const { data, error, refetch } = useQuery(bridgeQuery(id, namespace));
  const navigate = useNavigate();
  const columns = useMemo(() => [nameColumn(id), ...counts], [id]);
  const sort = parseSort(
    search.sort,
    columns.map((column) => column.id),
  );
  if (error !== null) return <Failure error={error} reset={() => void refetch()} />;
  if (data === undefined) return <Loading what="the bridge" />;
  const isKnown = namespace === undefined || data.namespaces.some((one) => one.namespace === namespace);
  const open = ({ namespace: wanted }: Row): void =>
    void navigate({ to: '/migrations/$id/bridge', params: { id }, search: { namespace: wanted } as never });
  return (
    <Page
      title="Bridge"
      of={namespace}
      answer={isKnown ? data.description : `The newest snapshot has no service in the namespace ${namespace}.`}
    >
      {namespace !== undefined && isKnown && (
        <nav className={classes.crumbs} aria-label="Part of the picture">
          <Link to="/migrations/$id/bridge" params={{ id }} search={{} as never}>
            All namespaces
          </Link>
          <span aria-hidden="true">›</span>
          <span className="mono">{namespace}</span>
          <Link to="/migrations/$id/workbench" params={{ id }} search={{ namespace } as never}>
            Before and after
          </Link>
          <Link to="/migrations/$id/services" params={{ id }} search={{ namespace } as never}>
            Services
          </Link>
        </nav>
      )}
      {data.namespaces.length === 0 && (
        <p className="muted">No service was found in this snapshot, so that there is nothing to draw.</p>
      )}
      {data.namespaces.length > 0 && isKnown && (
        <Picture key={namespace ?? ''} mermaid={data.mermaid} description={data.description} namespace={namespace} />
      )}
      <Section
        title="Namespaces"
        note={
          data.grouped
            ? 'There are more services than a picture can hold: each box is a namespace. Open one to see its services.'
            : 'Open a namespace to see its services alone.'
        }
      >
        <DataTable
          label="Services by namespace and phase"
          columns={columns}
          rows={data.namespaces}
          rowId={(row) => row.namespace}
          sort={sort}
          onSort={(next) => change({ sort: formatSort(next) })}
          onOpen={open}
          activeId={namespace}
          empty="No service was found in this snapshot."
        />
      </Section>
    </Page>
  );
}
