import { type Bridge, phases } from '@isthmus/contract';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { isProblem } from '../../api/problem.ts';
import { planSettingsQuery, waveQuery } from '../../api/queries.ts';
import { PageError } from '../../frame/page-error.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { clusterQuery, useForm } from '../../ui/form-choice.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Count } from '../../ui/status.tsx';
import { useAddress } from '../../ui/use-search.ts';
import { useSorting } from '../../ui/use-sorting.ts';
import { planQuery } from '../plan/queries.ts';
import { Arrangement } from './arrangement.tsx';
import classes from './bridge.module.css';
import { Certificates } from './certificates.tsx';
import { StageManifests, StageTable } from './manifests.tsx';
import { type Moment, momentOf } from './moment.ts';
import { MomentBar } from './moment-bar.tsx';
import { PathSection } from './path.tsx';
import { Picture } from './picture.tsx';
import { bridgeQuery } from './queries.ts';

type Row = Bridge['namespaces'][number];

/** What stays in the address where a namespace is opened. */
const kept = ({ wave, stage }: Moment) => ({ wave: wave === undefined ? undefined : String(wave), stage });

const nameColumn = (id: string, moment: Moment): Column<Row> => ({
  id: 'namespace',
  title: 'Namespace',
  width: [160, 2],
  value: ({ namespace }) => namespace,
  cell: ({ namespace }) => (
    <Link
      to="/migrations/$id/bridge"
      params={{ id }}
      search={{ ...kept(moment), namespace } as never}
      tabIndex={-1}
      className="mono"
    >
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

/** What the network looks like meanwhile: both meshes, what joins them, and the services on the side where they stand. */
export function BridgePage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const [search] = useAddress();
  const sorting = useSorting();
  const { namespace } = search;
  const form = useForm();
  const moment = momentOf(search);
  const { wave, stage } = moment;
  const { data: stored } = useSuspenseQuery(planSettingsQuery(id));
  const plan = useQuery(planQuery(id)).data;
  const { data, error, refetch, isPlaceholderData } = useQuery(bridgeQuery(id, namespace, moment));
  const waves = plan?.waves.length ?? 0;
  const stages = useQuery({
    ...waveQuery(id, wave ?? 0, { ...clusterQuery(search.cluster), form }),
    enabled: wave !== undefined && wave > 0,
  }).data;
  const navigate = useNavigate();
  const columns = useMemo(() => [nameColumn(id, { wave, stage }), ...counts], [id, wave, stage]);
  if (isProblem(error, 'not-found') && wave !== undefined)
    return (
      <Page
        title="Bridge"
        answer={`The plan has no wave ${wave}${stage === undefined ? '' : `, or it has no stage ${stage}`}. It may have been planned anew since.`}
      >
        <p>
          <Link to="/migrations/$id/bridge" params={{ id }}>
            The bridge as it is recorded
          </Link>
        </p>
      </Page>
    );
  if (error !== null) return <PageError error={error} reset={() => void refetch()} />;
  if (data === undefined) return <Loading what="the bridge" />;
  const isKnown = namespace === undefined || data.namespaces.some((one) => one.namespace === namespace);
  const open = ({ namespace: wanted }: Row): void =>
    void navigate({
      to: '/migrations/$id/bridge',
      params: { id },
      search: { ...kept(moment), namespace: wanted } as never,
    });
  const chosen = stages?.stages.find((one) => one.id === stage);
  return (
    <Page
      title="Bridge"
      of={namespace}
      answer={isKnown ? data.description : `The newest snapshot has no service in the namespace ${namespace}.`}
    >
      <MomentBar waves={waves} moment={moment} stages={stages} clusters={plan?.clusters ?? []} />
      {namespace !== undefined && isKnown && (
        <nav className={classes.crumbs} aria-label="Part of the picture">
          <Link to="/migrations/$id/bridge" params={{ id }} search={kept(moment) as never}>
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
        <div aria-busy={isPlaceholderData}>
          <Picture
            key={namespace ?? ''}
            mermaid={data.mermaid}
            description={data.description}
            label="Picture of the bridge"
            name={['bridge', namespace, ...(wave === undefined ? [] : ['wave', wave, stage])]}
          />
        </div>
      )}
      {chosen !== undefined && stages !== undefined && <StageManifests of={stages} stage={chosen} />}
      {stages !== undefined && chosen === undefined && <StageTable migration={id} stages={stages} />}
      <PathSection migration={id} moment={moment} />
      <Certificates migration={id} stored={stored} />
      <Arrangement migration={id} stored={stored} />
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
          {...sorting('sort', columns)}
          onOpen={open}
          activeId={namespace}
          empty="No service was found in this snapshot."
        />
      </Section>
    </Page>
  );
}
