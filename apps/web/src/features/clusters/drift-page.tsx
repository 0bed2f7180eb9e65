import type { Drift, ServiceEvidence } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation, useQuery, useSuspenseQueries } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { migrationQuery, servicesQuery } from '../../api/queries.ts';
import { count, whole } from '../../text/format.ts';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Loading } from '../../ui/loading.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { tell, tellFailure } from '../../ui/tell.ts';
import { useSorting } from '../../ui/use-sorting.ts';
import { placesOf } from '../imports/field-words.ts';
import { PhaseLabel } from '../services/phase.tsx';
import { readForComparison, takeSnapshot } from './connect.ts';
import { followCluster } from './follow.ts';
import { clustersQuery, driftQuery, evidenceQuery } from './queries.ts';
import { refWords, showsWords } from './words.ts';

type Change = Drift['clusters'][number]['changes'][number] & { readonly cluster: string };
type Applied = Drift['applied'][number];

const changeColumns: readonly Column<Change>[] = [
  { id: 'change', title: 'Change', width: [88, 1], value: ({ change }) => change },
  { id: 'kind', title: 'Kind', width: [208, 1], value: ({ ref }) => ref.kind },
  { id: 'name', title: 'Resource', width: [200, 2], value: ({ ref }) => refWords(ref) },
  { id: 'fields', title: 'Where', width: [240, 3], value: ({ fields }) => placesOf(fields) },
  { id: 'cluster', title: 'Cluster', width: [100, 1], value: ({ cluster }) => cluster },
];

const stateWords: Readonly<Record<Applied['state'], string>> = {
  missing: 'missing',
  changed: 'changed by hand',
  extra: 'not emitted',
  unknown: 'cannot be read',
};

const appliedColumns: readonly Column<Applied>[] = [
  { id: 'state', title: 'State', width: [128, 1], value: ({ state }) => stateWords[state] },
  { id: 'kind', title: 'Kind', width: [208, 1], value: ({ ref }) => ref.kind },
  { id: 'name', title: 'Resource', width: [200, 2], value: ({ ref }) => refWords(ref) },
  { id: 'fields', title: 'Where', width: [240, 3], value: ({ fields }) => placesOf(fields) },
  { id: 'cluster', title: 'Cluster', width: [100, 1], value: ({ cluster }) => cluster },
];

const evidenceColumns: readonly Column<ServiceEvidence>[] = [
  { id: 'service', title: 'Service', width: [200, 2], value: ({ service }) => service },
  {
    id: 'phase',
    title: 'Recorded phase',
    width: [136, 1],
    value: ({ phase }) => phase,
    cell: ({ phase }) => <PhaseLabel phase={phase} />,
  },
  { id: 'shows', title: 'Served by', width: [120, 1], value: ({ shows }) => showsWords[shows] },
  {
    id: 'endpoints',
    title: 'Ready: Istio, Kong Mesh',
    width: [160, 1],
    value: ({ istio, kongMesh }) => `${whole(istio)}, ${whole(kongMesh)}`,
  },
  {
    id: 'policies',
    title: 'Policies applied',
    width: [128, 1],
    value: ({ policies: { applied, missing, changed } }) =>
      applied + missing + changed === 0 ? '–' : `${applied} of ${applied + missing + changed}`,
  },
  {
    id: 'disagreement',
    title: 'What speaks against it',
    width: [280, 4],
    value: ({ disagreement }) => disagreement ?? '',
  },
  { id: 'suggestion', title: 'Suggested', width: [112, 1], value: ({ suggestion }) => suggestion ?? '' },
];

function answerOf(drift: Drift | undefined, disagreeing: number): string {
  if (drift === undefined) return 'Comparing.';
  const failed = drift.clusters.find(({ state }) => state === 'failed');
  if (failed !== undefined) return `${failed.name} cannot be read. ${failed.problem ?? ''}`;
  const total = drift.clusters.reduce((sum, cluster) => sum + cluster.total, 0);
  const { missing, changed, applied } = drift.appliedCounts;
  const since =
    total === 0
      ? 'The clusters are as the snapshot holds them'
      : `${count(total, 'resource')} ${total === 1 ? 'is' : 'are'} not as the snapshot holds ${total === 1 ? 'it' : 'them'}`;
  const emitted = missing + changed + applied;
  const policies =
    emitted === 0
      ? ''
      : ` ${whole(applied)} of ${count(emitted, 'emitted resource')} ${applied === 1 ? 'is' : 'are'} applied.`;
  const phases = disagreeing === 0 ? '' : ` ${count(disagreeing, 'recorded phase')} cannot be true.`;
  return `${since}.${policies}${phases}`;
}

/** How the clusters differ from the snapshot and from what is emitted, and where services really stand. */
export function DriftPage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const [{ data: migration }, { data: clusters }] = useSuspenseQueries({
    queries: [migrationQuery(id), clustersQuery(id)],
  });
  const isConnected = clusters.length > 0;
  const hasSnapshot = migration.snapshot !== null;
  const { data: drift, error } = useQuery({ ...driftQuery(id), enabled: isConnected });
  const { data: evidence } = useQuery({ ...evidenceQuery(id), enabled: isConnected && hasSnapshot });
  const { data: services } = useQuery({ ...servicesQuery(id), enabled: hasSnapshot });
  const navigate = useNavigate();
  const snapshot = useMutation({
    mutationFn: () => takeSnapshot(id),
    onSuccess: (job) => void navigate({ to: '/migrations/$id/import', params: { id }, search: { job: job.id } }),
    onError: tellFailure,
  });
  const compare = useMutation({
    mutationFn: () => readForComparison(id),
    onSuccess: (job) =>
      void navigate({ to: '/migrations/$id/import/changes', params: { id }, search: { to: 'live', job: job.id } }),
    onError: tellFailure,
  });
  const follow = useMutation({
    mutationFn: async (row: ServiceEvidence) => {
      const seen = services?.find((one) => one.id === row.service);
      return seen === undefined ? undefined : followCluster(id, seen, row);
    },
    onSuccess: (phase, { service }) => phase !== undefined && tell(`${service} is ${phase} now.`),
    onError: tellFailure,
  });
  const rows = useMemo(
    () =>
      drift?.clusters.flatMap(({ name, changes }) => changes.map((one): Change => ({ ...one, cluster: name }))) ?? [],
    [drift],
  );
  const proofs = useMemo(() => {
    const all = evidence?.services ?? [];
    return [...all].sort((a, b) => Number(b.disagreement !== undefined) - Number(a.disagreement !== undefined));
  }, [evidence]);
  const disagreeing = proofs.filter(({ disagreement }) => disagreement !== undefined);
  const reviewed = drift?.services.filter(({ phase }) => phase !== 'discovered' && phase !== 'translated') ?? [];
  const sorting = useSorting();
  if (!isConnected)
    return (
      <Page
        title="Drift and progress"
        of={migration.name}
        answer="No cluster is connected, so that there is nothing to compare with."
      >
        <p>
          <Link to="/migrations/$id/clusters" params={{ id }}>
            Connect a cluster
          </Link>{' '}
          to see what changed since the snapshot, what is applied, and which mesh serves each service.
        </p>
      </Page>
    );
  return (
    <Page
      title="Drift and progress"
      of={migration.name}
      answer={error === null ? answerOf(drift, disagreeing.length) : error.message}
      actions={
        <>
          {hasSnapshot && (
            <Button variant="default" loading={compare.isPending} onClick={() => compare.mutate()}>
              Show what follows
            </Button>
          )}
          <Button loading={snapshot.isPending} onClick={() => snapshot.mutate()}>
            Take a new snapshot
          </Button>
        </>
      }
    >
      {drift === undefined && <Loading what="how the cluster differs" within />}
      {drift !== undefined && (
        <>
          <Section
            title="Since the snapshot"
            note={
              drift.services.length === 0
                ? 'No service is concerned.'
                : `Translation and verdicts of ${count(drift.services.length, 'service')} are those of the snapshot, not of the cluster${reviewed.length === 0 ? '' : `; ${count(reviewed.length, 'review')} among them ${reviewed.length === 1 ? 'was' : 'were'} of another state`}.`
            }
          >
            <DataTable
              label="Changes since the snapshot"
              columns={changeColumns}
              rows={rows}
              rowId={({ cluster, ref }) => `${cluster} ${ref.group} ${ref.kind} ${refWords(ref)}`}
              {...sorting('changes', changeColumns)}
              empty={hasSnapshot ? 'Nothing changed.' : 'There is no snapshot yet.'}
            />
          </Section>
          <Section
            title="What is applied"
            note={`${whole(drift.appliedCounts.applied)} applied as emitted, ${whole(drift.appliedCounts.missing)} missing, ${whole(drift.appliedCounts.changed)} changed by hand, ${whole(drift.appliedCounts.extra)} that Isthmus did not emit.`}
          >
            <DataTable
              label="Emitted resources that are not applied as emitted"
              columns={appliedColumns}
              rows={drift.applied}
              rowId={({ cluster, ref }) => `${cluster} ${ref.group} ${ref.kind} ${refWords(ref)}`}
              {...sorting('applied', appliedColumns)}
              empty="Everything that was emitted is applied."
            />
          </Section>
        </>
      )}
      {hasSnapshot && evidence !== undefined && (
        <Section
          title="Where services stand"
          note="What the clusters show beside the recorded phase. Enter sets the phase that is suggested."
        >
          <DataTable
            label="Where services stand"
            columns={evidenceColumns}
            rows={proofs}
            rowId={({ service }) => service}
            {...sorting('evidence', evidenceColumns)}
            onOpen={(row) => row.suggestion !== undefined && follow.mutate(row)}
            empty="The clusters have not been read yet."
          />
        </Section>
      )}
    </Page>
  );
}
