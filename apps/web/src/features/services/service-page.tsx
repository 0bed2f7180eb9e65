import type { Service, SourceDocument } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useQuery, useSuspenseQueries } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { migrationQuery, servicesQuery, workbenchQuery } from '../../api/queries.ts';
import { count } from '../../text/format.ts';
import { Loading } from '../../ui/loading.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { Prose } from '../../ui/prose.tsx';
import { Findings, OutcomeCounts, openBlockers, SeverityLabel } from '../../ui/status.tsx';
import { Ago } from '../../ui/time.tsx';
import { ServiceBehaviourSection } from '../behaviour/service-section.tsx';
import { ServiceClusterSection } from '../clusters/service-section.tsx';
import { HistoryTable } from '../history/history-table.tsx';
import { ServiceChecksSection } from '../preflight/service-section.tsx';
import { OverrideCount, OverrideItems, useOverrides } from '../workbench/overrides/mark.tsx';
import { type OverridesById, overrideAddress, overridesBySubject, overridesOf } from '../workbench/overrides/marks.ts';
import { Editor } from './editor.tsx';
import { phaseWords } from './phase.tsx';
import { PhasePanel } from './phase-panel.tsx';
import { gatesQuery } from './queries.ts';
import classes from './service-page.module.css';
import { StepsSection } from './steps.tsx';

function answerOf(service: Service): string {
  const { phase, accepted, resources } = service;
  const open = openBlockers(service);
  const stands = `This service is ${phase}: ${phaseWords[phase]}.`;
  const decided =
    accepted.blocker === 0
      ? ''
      : ` ${count(accepted.blocker, 'blocker')} ${accepted.blocker === 1 ? 'is' : 'are'} accepted.`;
  if (open > 0)
    return `${stands} ${count(open, 'blocker')} in ${count(resources, 'Istio resource')} ${open === 1 ? 'stands' : 'stand'} in the way.${decided}`;
  return `${stands} Nothing in its ${count(resources, 'Istio resource')} blocks it.${decided}`;
}

/** Lines of findings are those of the document, which begins somewhere in its file. */
function lineOf({ line, rewritten }: SourceDocument, own: number | undefined): string {
  if (own === undefined) return '';
  return `, line ${rewritten ? own : line + own - 1}`;
}

/** What people decided about resources that are emitted for a service. */
function Overrides({ migration, service, known }: { migration: string; service: Service; known: OverridesById }) {
  return (
    <Section title="Overrides" note="What people decided about resources that are emitted for this service.">
      <OverrideItems
        ids={service.overrides}
        known={known}
        addressOf={(override) => overrideAddress(migration, { service: service.id }, override)}
      />
    </Section>
  );
}

/** The Istio resources that are about a service, with their findings. */
function Concerns(props: { migration: string; service: Service; overrides: OverridesById }) {
  const { migration, service, overrides } = props;
  const view = useQuery(workbenchQuery(migration, { service: service.id }));
  const findings = useMemo(() => {
    const rank = { blocker: 0, warning: 1, info: 2 };
    return (view.data?.findings ?? []).toSorted((a, b) => rank[a.diagnostic.severity] - rank[b.diagnostic.severity]);
  }, [view.data]);
  const emitted = useMemo(() => overridesBySubject([...overrides.values()]), [overrides]);
  if (view.isPending) return <Loading what="resources and findings" within />;
  if (view.data === undefined) return <p role="alert">{view.error?.message}</p>;
  const { before, omitted } = view.data;
  return (
    <>
      <Section title="Istio resources">
        {before.length === 0 ? (
          <p className="muted">No Istio resource is about this service.</p>
        ) : (
          <ul className={classes.list}>
            {before.map(({ index, resource: { kind, namespace, name }, file, line, overrides: ids }) => (
              <li key={index} className={classes.resource}>
                <Link to="/migrations/$id/workbench" params={{ id: migration }} search={{ resource: String(index) }}>
                  {kind} {namespace === '' ? name : `${namespace}/${name}`}
                </Link>
                <code className="muted">
                  {file}:{line}
                </code>
                <OverrideCount ids={ids} known={overrides} />
              </li>
            ))}
          </ul>
        )}
        {omitted > 0 && <p className="muted">{count(omitted, 'more document')} of this service are not listed here.</p>}
      </Section>
      <Section title="Findings">
        {findings.length === 0 ? (
          <p className="muted">No findings.</p>
        ) : (
          <ul className={classes.list}>
            {findings.map((finding, number) => {
              const { diagnostic, document } = finding;
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: two findings may say the same, and all are drawn anew
                <li key={number}>
                  <div className={classes.head}>
                    <SeverityLabel severity={diagnostic.severity} />
                    <Link to="/codes/$code" params={{ code: diagnostic.code }} className="mono">
                      {diagnostic.code}
                    </Link>
                    {document !== undefined && before[document] !== undefined && (
                      <Link
                        to="/migrations/$id/workbench"
                        params={{ id: migration }}
                        search={{ resource: String(before[document].index) }}
                      >
                        {before[document].resource.kind} {before[document].resource.name}
                        {lineOf(before[document], diagnostic.line)}
                      </Link>
                    )}
                    <OverrideCount ids={overridesOf(finding, before, emitted)} known={overrides} />
                  </div>
                  <div className={classes.text}>
                    <Prose text={diagnostic.message} />
                    <p className="muted">Do: {diagnostic.help}</p>
                  </div>
                </li>
              );
            })}
          </ul>
        )}
      </Section>
    </>
  );
}

/** Which wave it is in stands beside its gates. */
function Steps({ migration, service }: { migration: string; service: Service }) {
  const { namespace, name } = service;
  const { data } = useQuery(gatesQuery(migration, namespace, name));
  return <StepsSection migration={migration} service={service} wave={data?.wave} />;
}

/** One service: where it stands, what is about it, what was changed. */
export function ServicePage() {
  const { id, namespace, name } = useParams({ from: '/migrations/$id/services/$namespace/$name' });
  const [{ data: migration }, { data: services }] = useSuspenseQueries({
    queries: [migrationQuery(id), servicesQuery(id)],
  });
  const service = services.find((one) => one.namespace === namespace && one.name === name);
  const overrides = useOverrides(id, service !== undefined && service.overrides.length > 0);
  if (service === undefined)
    return (
      <Page
        title={`${namespace}/${name}`}
        of={migration.name}
        answer={`The newest snapshot has no such service. An earlier one may have had it; its history is kept.`}
      >
        <p>
          <Link to="/migrations/$id/services" params={{ id }}>
            All services
          </Link>
        </p>
        <Section title="History">
          <HistoryTable migration={id} subject={`${namespace}/${name}`} />
        </Section>
      </Page>
    );
  return (
    <Page
      title={`${namespace}/${name}`}
      of={migration.name}
      answer={answerOf(service)}
      actions={
        <>
          <Button
            variant="default"
            renderRoot={(props) => (
              <Link {...props} to="/migrations/$id/services" params={{ id }} search={{ namespace }} />
            )}
          >
            Services of {namespace}
          </Button>
          <Button
            renderRoot={(props) => (
              <Link {...props} to="/migrations/$id/workbench" params={{ id }} search={{ service: service.id }} />
            )}
          >
            Before and after
          </Button>
        </>
      }
    >
      <dl className={classes.facts}>
        <div>
          <dt>Findings</dt>
          <dd>
            <Findings counts={service.findings} />
          </dd>
        </div>
        <div>
          <dt>Fields</dt>
          <dd>
            <OutcomeCounts counts={service.outcomes} />
          </dd>
        </div>
        <div>
          <dt>Wave</dt>
          <dd>{service.wave === null ? 'stays in Istio' : service.wave}</dd>
        </div>
        {service.overrides.length > 0 && (
          <div>
            <dt>Overrides</dt>
            <dd>
              <OverrideCount ids={service.overrides} known={overrides} />
            </dd>
          </div>
        )}
        <div>
          <dt>Last changed</dt>
          <dd>
            {service.updatedAt === null ? (
              'never'
            ) : (
              <>
                <Ago at={service.updatedAt} /> by {service.updatedBy}
              </>
            )}
          </dd>
        </div>
      </dl>
      <PhasePanel key={service.id} migration={id} service={service} />
      <Steps migration={id} service={service} />
      <Section title="Responsibility">
        <Editor key={service.id} migration={id} service={service} />
      </Section>
      {service.origin === 'service' && <ServiceClusterSection migration={id} service={service} />}
      {service.origin === 'service' && <ServiceBehaviourSection migration={id} service={service.id} />}
      <ServiceChecksSection migration={id} service={service.id} />
      {service.overrides.length > 0 && <Overrides migration={id} service={service} known={overrides} />}
      <Concerns migration={id} service={service} overrides={overrides} />
      <Section title="History">
        <HistoryTable migration={id} subject={service.id} />
      </Section>
    </Page>
  );
}
