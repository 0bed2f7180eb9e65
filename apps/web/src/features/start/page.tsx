import { Button } from '@mantine/core';
import { useMutation, useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { call } from '../../api/client.ts';
import { keys, migrationsQuery, queryClient } from '../../api/queries.ts';
import { Command } from '../../ui/copy.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { tellFailure } from '../../ui/tell.ts';
import { useAddress } from '../../ui/use-search.ts';
import { DropZone } from '../imports/drop-zone.tsx';
import { startImport } from '../imports/imports.ts';
import { type Found, nameFor } from '../imports/walk.ts';
import { exportCommands } from './export-commands.ts';
import { Migrations } from './migrations.tsx';
import classes from './page.module.css';

const ConnectDialog = lazy(async () => ({ default: (await import('../clusters/connect-dialog.tsx')).ConnectDialog }));

/** The first page: three ways in, and the migrations there are. */
export function StartPage() {
  const { data: migrations } = useSuspenseQuery(migrationsQuery);
  const navigate = useNavigate();
  const [search, change] = useAddress();
  const isConnecting = search.connect === 'open';
  const setConnecting = (is: boolean): void => change({ connect: is ? 'open' : undefined });
  // The two pages that follow are at hand by the time that somebody has chosen what to bring in.
  useEffect(() => {
    const timer = setTimeout(() => {
      void import('../imports/page.tsx');
      void import('../overview/page.tsx');
    }, 500);
    return () => clearTimeout(timer);
  }, []);
  const create = useMutation({
    mutationFn: async (found: Found) => {
      const name = found.uploads.length === 0 ? 'Empty import' : nameFor(found.uploads.map(({ path }) => path));
      return { found, migration: await call('POST /migrations', { body: { name } }) };
    },
    onSuccess: ({ found, migration }) => {
      queryClient.setQueryData(keys.migration(migration.id), migration);
      void startImport(migration.id, found);
      void navigate({ to: '/migrations/$id/import', params: { id: migration.id } });
    },
    onError: tellFailure,
  });
  const sample = useMutation({
    mutationFn: () => call('POST /migrations/sample'),
    onSuccess: (job) =>
      void navigate({
        to: '/migrations/$id/import',
        params: { id: job.migration },
        search: { job: job.id },
      }),
    onError: tellFailure,
  });
  const onFound = (found: Found): void => {
    if (found.uploads.length === 0)
      tellFailure(
        new Error(
          found.leftOut === 0
            ? 'There is no file in it.'
            : `None of its ${found.leftOut} files is a manifest or an archive: .yaml, .yml, .json, .zip, .tar or .tar.gz was expected.`,
        ),
      );
    else create.mutate(found);
  };
  return (
    <Page
      title="From Istio to Kong Mesh"
      answer="Bring an estate in: every field of every Istio resource is accounted for, with what becomes of it and why. Nothing leaves this server."
    >
      <div className={classes.doors}>
        <DropZone heading="Drop manifests here" onFound={onFound} />
        <div className={classes.others}>
          <section className={classes.door} aria-labelledby="sample">
            <h2 id="sample" className={classes.heading}>
              Look around first
            </h2>
            <p className="muted">
              Kong Air, a made-up airline: 3 namespaces, services on Kubernetes and on machines, partners outside, every
              Istio kind, and the traps that real estates hold.
            </p>
            <div>
              <Button variant="default" loading={sample.isPending} onClick={() => sample.mutate()}>
                Open the sample estate
              </Button>
            </div>
          </section>
          <section className={classes.door} aria-labelledby="cluster">
            <h2 id="cluster" className={classes.heading}>
              From a cluster
            </h2>
            <p className="muted">
              Read, and only read, by the credentials that this server has: what both meshes do now, in a snapshot that
              can be taken again.
            </p>
            <div>
              <Button variant="default" onClick={() => setConnecting(true)}>
                Connect a cluster
              </Button>
            </div>
            <details>
              <summary>Or export it by hand</summary>
              <p className="muted">
                These commands write what is needed of a cluster, read-only and without Secrets; drop both files here.
              </p>
              <Command text={exportCommands} />
            </details>
          </section>
        </div>
      </div>
      {isConnecting && (
        <Suspense fallback={null}>
          <ConnectDialog
            action="Connect and read it"
            onClose={() => setConnecting(false)}
            onConnect={async (cluster) => {
              const { migrationOf } = await import('../clusters/connect.ts');
              const job = await migrationOf(cluster);
              void navigate({
                to: '/migrations/$id/import',
                params: { id: job.migration },
                search: { job: job.id },
              });
            }}
          />
        </Suspense>
      )}
      {migrations.length > 0 && (
        <Section title="Migrations">
          <Migrations migrations={migrations} />
        </Section>
      )}
    </Page>
  );
}
