import type { Cluster, LiveInventory } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useMutation, useQuery, useSuspenseQueries } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { call } from '../../api/client.ts';
import { migrationQuery } from '../../api/queries.ts';
import { count } from '../../text/format.ts';
import { Page, Section } from '../../ui/page.tsx';
import { tell, tellFailure } from '../../ui/tell.ts';
import { useAddress } from '../../ui/use-search.ts';
import classes from './clusters.module.css';
import { connectTo, takeSnapshot } from './connect.ts';
import { Inventory } from './inventory.tsx';
import { clustersQuery, forgetClusters, inventoryQuery } from './queries.ts';
import { Reading, Unread } from './reading.tsx';
import { connectionWords } from './words.ts';

const ConnectDialog = lazy(async () => ({ default: (await import('./connect-dialog.tsx')).ConnectDialog }));

function answerOf(clusters: readonly Cluster[], shown: LiveInventory | undefined): string {
  if (clusters.length === 0) return 'No cluster is connected. What is shown elsewhere is what was imported.';
  if (shown === undefined) return 'Asking the cluster.';
  if (shown.state === 'failed') return `${shown.cluster} cannot be read. ${shown.problem ?? ''}`;
  if (shown.alarms.length > 0)
    return `${count(shown.alarms.length, 'pod')} of ${shown.cluster} ${shown.alarms.length === 1 ? 'has' : 'have'} the proxies of both meshes.`;
  const { namespaces } = shown;
  const of = (mesh: 'istio' | 'kong-mesh') =>
    namespaces.reduce((sum, { injected }) => sum + injected[mesh] + (mesh === 'istio' ? injected.ambient : 0), 0);
  const soFar = shown.state === 'reading' ? ' so far' : '';
  return `${shown.cluster}${soFar}: Istio serves ${count(of('istio'), 'pod')}, Kong Mesh ${count(of('kong-mesh'), 'pod')}, of ${count(shown.podsTotal, 'pod')}.`;
}

/** What the connected clusters show now, and how to take a snapshot of them. */
export function ClustersPage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const [{ data: migration }, { data: clusters }] = useSuspenseQueries({
    queries: [migrationQuery(id), clustersQuery(id)],
  });
  const [search, change] = useAddress();
  const navigate = useNavigate();
  const isConnecting = search.connect === 'open';
  const setConnecting = (is: boolean): void => change({ connect: is ? 'open' : undefined });
  const chosen = clusters.find(({ name }) => name === search.cluster) ?? clusters[0];
  const live = useQuery({
    ...inventoryQuery(id, chosen?.name ?? '', search.pods),
    enabled: chosen !== undefined,
  });
  const snapshot = useMutation({
    mutationFn: () => takeSnapshot(id),
    onSuccess: (job) => void navigate({ to: '/migrations/$id/import', params: { id }, search: { job: job.id } }),
    onError: tellFailure,
  });
  const disconnect = useMutation({
    mutationFn: (cluster: string) => call('DELETE /migrations/:id/clusters/:cluster', { params: { id, cluster } }),
    onSuccess: (_, cluster) => {
      tell(`${cluster} is no longer connected.`);
      void forgetClusters(id);
    },
    onError: tellFailure,
  });
  const inventory = chosen === undefined ? undefined : live.data;
  const lost = inventory?.progress.filter((kind) => kind.lost !== undefined) ?? [];
  return (
    <Page
      title="Clusters"
      of={migration.name}
      answer={live.error === null ? answerOf(clusters, inventory) : live.error.message}
      actions={
        <>
          <Button variant="default" onClick={() => setConnecting(true)}>
            Connect a cluster
          </Button>
          {clusters.length > 0 && (
            <Button loading={snapshot.isPending} onClick={() => snapshot.mutate()}>
              Take a snapshot
            </Button>
          )}
        </>
      }
    >
      {clusters.length === 0 && (
        <Section
          title="What a connected cluster adds"
          note="It is read, and only read, with the credentials that this server has. Of Secrets it asks for the metadata only, never for values."
        >
          <ul className={classes.list}>
            <li>What each namespace and pod runs now; pods with the proxies of both meshes raise an alarm.</li>
            <li>A snapshot of all that was exported by hand so far, taken again whenever you like.</li>
            <li>What changed since the snapshot, and what of the bundle is applied, missing, or changed by hand.</li>
            <li>For each service the mesh that serves it, beside the phase that was recorded.</li>
          </ul>
        </Section>
      )}
      {clusters.length > 0 && (
        <ul className={classes.list} aria-label="Connected clusters">
          {clusters.map(({ name, connection }) => (
            <li key={name} className={classes.cluster}>
              <Button
                variant={name === chosen?.name ? 'filled' : 'default'}
                size="compact-md"
                aria-pressed={name === chosen?.name}
                onClick={() => change({ cluster: name, pods: undefined })}
              >
                {name}
              </Button>
              <span className="muted">{connectionWords(connection)}</span>
              {name === inventory?.cluster && inventory.version !== '' && (
                <span className="muted">Kubernetes {inventory.version}</span>
              )}
              <Button variant="default" size="compact-md" onClick={() => disconnect.mutate(name)}>
                Disconnect {name}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {inventory?.state === 'reading' && <Reading name={inventory.cluster} progress={inventory.progress} />}
      {lost.length > 0 && (
        <p role="status">
          Not up to date: {count(lost.length, 'kind')} cannot be followed at the moment. {lost[0]?.lost}
        </p>
      )}
      {inventory !== undefined && inventory.alarms.length > 0 && (
        <Section title="Both meshes in one pod">
          <ul className={classes.list}>
            {inventory.alarms.slice(0, 50).map(({ namespace, pod, message }) => (
              <li key={`${namespace}/${pod}`} className={classes.alarm} role="alert">
                <strong>
                  {namespace}/{pod}
                </strong>{' '}
                {message}
              </li>
            ))}
          </ul>
        </Section>
      )}
      {inventory !== undefined && inventory.unread.length > 0 && (
        <Section
          title="Not read"
          note="The rest works. Checks that look at these kinds are skipped, and nothing is concluded from their absence."
        >
          <Unread unread={inventory.unread} />
        </Section>
      )}
      {inventory !== undefined && inventory.state !== 'failed' && <Inventory inventory={inventory} />}
      {clusters.length > 0 && (
        <p className="muted">
          <Link to="/migrations/$id/drift" params={{ id }}>
            Drift and progress
          </Link>{' '}
          compares what the clusters show with the snapshot, with what is emitted, and with the recorded phases.
        </p>
      )}
      {isConnecting && (
        <Suspense fallback={null}>
          <ConnectDialog
            action="Connect"
            onClose={() => setConnecting(false)}
            onConnect={async (cluster) => {
              await connectTo(id, cluster);
              change({ connect: undefined, cluster: cluster.name });
            }}
          />
        </Suspense>
      )}
    </Page>
  );
}
