import { type ArchiveFormat, archive, buildReport, layOut, renderReportPage, reportText } from '@isthmus/bundle';
import type {
  AccessQuery,
  Arrangement,
  BehaviourQuery,
  BridgeQuery,
  CheckQuery,
  Inventory,
  OverrideDraft,
  Phase,
  PlanQuery,
  RequestPathQuery,
  ResourceForm,
  ResourceRow,
  ServiceBehaviourQuery,
  Settings,
  SimulatedRequest,
  SimulatedSubject,
  WorkloadAccessQuery,
} from '@isthmus/contract';
import { indexServices } from '@isthmus/istio';
import type { JsonObject, Limits, Resource } from '@isthmus/kubernetes';
import type { AcceptanceRecord, ApprovalRecord, OverrideRecord, ServiceState } from '@isthmus/store';
import { move } from 'piscina';
import type { PlanBasis } from '../plan-record.ts';
import { acceptable, acceptanceOf, acceptancesOf, decisionOn, stillThere } from './acceptances.ts';
import { access, accessTable, allAccess, workloadAccess } from './access.ts';
import { allVerdicts, behaviour, serviceBehaviour, simulation, simulationModel } from './behaviour.ts';
import { bundleOfPlan, diagram, path, runbook, type WaveQuestion, wave } from './bridge.ts';
import { changedVerdicts, changes, type Decisions } from './changes.ts';
import { checkList } from './checks.ts';
import { compare, differences, type ShownCluster } from './comparison.ts';
import { fanOutView } from './fan-out.ts';
import { gates, serviceGates } from './gates.ts';
import { beginView, stopIfLeft } from './left.ts';
import { hasCluster } from './one-cluster.ts';
import { draft, listOverrides, overriddenIn, overrideVersions } from './overrides.ts';
import { overview } from './overview.ts';
import { assessment, plan } from './plan.ts';
import { type Course, progress } from './progress.ts';
import { isReport, type ReportView, reportBytes } from './reports.ts';
import { createPresenter } from './services.ts';
import { noFindings, noOutcomes, type Translated, translated } from './snapshot.ts';
import { workbench } from './workbench.ts';

export interface ViewTask {
  readonly directory: string;
  readonly limits: Limits;
  readonly snapshot: string;
  readonly settings: Settings;
  readonly overrides: readonly OverrideRecord[];
  readonly states: readonly ServiceState[];
  readonly acceptances: readonly AcceptanceRecord[];
  /** Becomes 1 when nobody waits for the view any more. */
  readonly left: Int32Array;
  readonly view:
    | { readonly name: 'inventory' | 'resources' | 'overrides' }
    | { readonly name: 'overview'; readonly basis: PlanBasis }
    | { readonly name: 'override'; readonly id: string }
    | { readonly name: 'override-draft'; readonly draft: OverrideDraft }
    | ReportView
    | ({ readonly name: 'progress' } & Course)
    | { readonly name: 'changes'; readonly from: string }
    | ({ readonly name: 'changed-verdicts'; readonly from: string } & Pick<Decisions, 'approvals' | 'basis' | 'result'>)
    | { readonly name: 'bundle'; readonly format: ArchiveFormat; readonly form: ResourceForm }
    | { readonly name: 'services'; readonly basis: PlanBasis; readonly ids?: readonly string[] }
    | { readonly name: 'diagnostics'; readonly severity?: string; readonly limit?: number }
    | {
        readonly name: 'workbench';
        readonly service?: string;
        readonly resource?: string;
        readonly namespace?: string;
      }
    | ({ readonly name: 'bridge'; readonly basis: PlanBasis } & BridgeQuery)
    | ({ readonly name: 'request-path'; readonly basis: PlanBasis } & RequestPathQuery)
    | ({ readonly name: 'wave'; readonly basis: PlanBasis } & WaveQuestion)
    | ({ readonly name: 'runbook'; readonly basis: PlanBasis; readonly format: 'md' | 'html' } & WaveQuestion)
    | {
        readonly name: 'plan-bundle';
        readonly basis: PlanBasis;
        readonly format: ArchiveFormat;
        readonly form: ResourceForm;
        readonly wave?: number | undefined;
      }
    | { readonly name: 'assessment'; readonly basis: PlanBasis; readonly arrangement: Arrangement }
    | {
        readonly name: 'gates';
        readonly basis: PlanBasis;
        readonly approvals: readonly ApprovalRecord[];
        readonly services: readonly string[];
        readonly to: Phase;
      }
    | {
        readonly name: 'service-gates';
        readonly basis: PlanBasis;
        readonly approvals: readonly ApprovalRecord[];
        readonly service: string;
      }
    | ({ readonly name: 'behaviour' } & BehaviourQuery)
    | ({ readonly name: 'access'; readonly basis: PlanBasis } & AccessQuery)
    | ({ readonly name: 'access-table'; readonly basis: PlanBasis } & AccessQuery)
    | ({ readonly name: 'workload-access'; readonly basis: PlanBasis; readonly workload: string } & WorkloadAccessQuery)
    | ({ readonly name: 'checks' } & CheckQuery)
    | { readonly name: 'plan'; readonly basis: PlanBasis; readonly query: PlanQuery }
    | { readonly name: 'fan-out'; readonly basis: PlanBasis }
    | ({ readonly name: 'service-behaviour'; readonly service: string } & ServiceBehaviourQuery)
    | { readonly name: 'acceptable'; readonly finding: string }
    | { readonly name: 'still-there'; readonly findings: readonly string[] }
    | { readonly name: 'comparison'; readonly clusters: readonly ShownCluster[] }
    | { readonly name: 'differences'; readonly cluster: string; readonly objects: readonly JsonObject[] }
    | { readonly name: 'simulation'; readonly request: SimulatedRequest }
    | { readonly name: 'simulation-model'; readonly subject: SimulatedSubject };
}

const namespaceOf = ({ namespace }: { namespace: string }): string => (namespace === '' ? 'default' : namespace);

const workloadKinds = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'Pod',
  'Rollout',
  'ReplicaSet',
]);

/** What a namespace's labels ask for; `istio-injection` wins over the revision (istio/pkg/kube/inject/webhook.go, 1.32). */
function injectionOf(labels: Resource['labels']): Pick<Inventory['namespaces'][number], 'injection' | 'revision'> {
  if (labels['kuma.io/sidecar-injection'] === 'enabled') return { injection: 'kong-mesh' };
  if (labels['istio-injection'] === 'enabled') return { injection: 'istio' };
  if (labels['istio-injection'] === 'disabled') return { injection: 'disabled' };
  if (labels['istio.io/dataplane-mode'] === 'ambient') return { injection: 'ambient' };
  const revision = labels['istio.io/rev'];
  return revision === undefined ? { injection: 'none' } : { injection: 'istio-revision', revision };
}

function serviceAccountOf(resource: Resource): string {
  const { spec } = resource.object as { spec?: Record<string, unknown> };
  const template = (spec?.template ?? (spec?.jobTemplate as { spec?: { template?: unknown } })?.spec?.template) as
    | { spec?: Record<string, unknown> }
    | undefined;
  const name = (template?.spec ?? spec)?.serviceAccountName;
  return typeof name === 'string' && name !== '' ? name : 'default';
}

function inventory({ translation }: Translated): Inventory {
  const { estate, settings } = translation;
  const workloads = estate.context.filter(({ kind }) => workloadKinds.has(kind));
  const services = indexServices(estate, settings.clusterDomain).all;
  const labels = new Map<string, Resource['labels']>();
  for (const resource of estate.context)
    if (resource.group === '' && resource.kind === 'Namespace') labels.set(resource.name, resource.labels);
  for (const resource of [...workloads, ...services, ...estate.istio])
    if (!labels.has(namespaceOf(resource))) labels.set(namespaceOf(resource), {});
  const kinds = new Map<string, Inventory['istioKinds'][number]>();
  for (const { apiVersion, kind } of estate.istio) {
    const known = kinds.get(`${kind}\n${apiVersion}`) ?? { apiVersion, kind, count: 0 };
    kinds.set(`${kind}\n${apiVersion}`, { ...known, count: known.count + 1 });
  }
  const per = <T extends { namespace: string }>(items: readonly T[]): Map<string, number> => {
    const counts = new Map<string, number>();
    for (const item of items) counts.set(namespaceOf(item), (counts.get(namespaceOf(item)) ?? 0) + 1);
    return counts;
  };
  const servicesPer = per(services);
  const workloadsPer = per(workloads);
  return {
    namespaces: [...labels]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, of]) => ({
        name,
        ...injectionOf(of),
        services: servicesPer.get(name) ?? 0,
        workloads: workloadsPer.get(name) ?? 0,
      })),
    workloads: workloads.map((resource) => ({
      kind: resource.kind,
      namespace: namespaceOf(resource),
      name: resource.name,
      serviceAccount: serviceAccountOf(resource),
    })),
    services: services.map(({ namespace, name, ports }) => ({
      namespace,
      name,
      ports: ports.map(
        (port) => `${port.name === '' ? '' : `${port.name} `}${port.port}/${port.protocol ?? port.transport}`,
      ),
    })),
    istioKinds: [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, kind]) => kind),
  };
}

const resources = (snapshot: Translated): ResourceRow[] =>
  snapshot.translation.estate.istio.map(({ apiVersion, kind, namespace, name, source }, index) => ({
    index,
    apiVersion,
    kind,
    namespace,
    name,
    file: source.file,
    line: source.line,
    outcomes: snapshot.outcomes[index] ?? noOutcomes(),
    findings: snapshot.findings[index] ?? noFindings(),
    overrides: [...(overriddenIn(snapshot).resources.get(index) ?? [])],
  }));

const rank = { blocker: 0, warning: 1, info: 2 };

function build(snapshot: Translated, task: ViewTask): unknown {
  const { view, states: list, acceptances, settings } = task;
  const accepted = acceptancesOf(acceptances);
  switch (view.name) {
    case 'overview':
      return overview(snapshot, createPresenter(snapshot, list, accepted, view.basis), accepted, view.basis);
    case 'progress':
      return progress(snapshot, createPresenter(snapshot, list, accepted, view.basis), view);
    case 'inventory':
      return inventory(snapshot);
    case 'resources':
      return { resources: resources(snapshot) };
    case 'services': {
      const wanted = view.ids && new Set(view.ids);
      const services = snapshot.services.filter(({ id }) => wanted?.has(id) ?? true);
      return { services: services.map(createPresenter(snapshot, list, accepted, view.basis)) };
    }
    case 'diagnostics': {
      const wanted = view.severity?.split(',');
      const found = snapshot.diagnostics.filter(({ severity }) => wanted?.includes(severity) ?? true);
      const diagnostics = found.toSorted((a, b) => rank[a.severity] - rank[b.severity]).slice(0, view.limit ?? 1000);
      return {
        diagnostics: diagnostics.map((diagnostic) => ({ ...diagnostic, ...decisionOn(diagnostic, accepted) })),
        total: found.length,
        codes: [...Map.groupBy(found, ({ code }) => code)]
          .map(([code, all]) => ({ code, total: all.length }))
          .sort((a, b) => (a.code < b.code ? -1 : 1)),
      };
    }
    case 'workbench':
      return workbench(snapshot, view, accepted, task.overrides);
    case 'overrides':
      return { overrides: listOverrides(snapshot, task.overrides) };
    case 'override':
      return overrideVersions(snapshot, task.overrides, view.id);
    case 'override-draft':
      return draft(snapshot, view.draft);
    case 'acceptable':
      return acceptable(snapshot, view.finding);
    case 'still-there':
      return stillThere(snapshot, view.findings);
    case 'bridge':
      return diagram(snapshot, list, view, view.basis);
    case 'request-path':
      return path(snapshot, list, view, view.basis);
    case 'wave':
      return wave(snapshot, view, view.basis);
    case 'assessment':
      return assessment(snapshot, view.arrangement, view.basis);
    case 'gates':
    case 'service-gates': {
      const { basis, approvals } = view;
      const context = { states: list, accepted: settings.accepted, acceptances: accepted, approvals, basis };
      return view.name === 'gates'
        ? gates(snapshot, view.services, view.to, context)
        : serviceGates(snapshot, view.service, context);
    }
    case 'behaviour':
      return behaviour(snapshot, settings.accepted, view);
    case 'access':
      return access(snapshot, view, { states: list, accepted: settings.accepted, basis: view.basis });
    case 'workload-access':
      return workloadAccess(snapshot, view, { states: list, accepted: settings.accepted, basis: view.basis });
    case 'changes':
      return changes(translated({ ...task, snapshot: view.from }), snapshot);
    case 'changed-verdicts':
      return changedVerdicts(translated({ ...task, snapshot: view.from }), snapshot, {
        ...view,
        states: list,
        acceptances,
        accepted: settings.accepted,
      });
    case 'checks':
      return checkList(snapshot, view);
    case 'fan-out':
      return fanOutView(snapshot, view.basis);
    case 'plan':
      return plan(snapshot, view.query, view.basis);
    case 'service-behaviour':
      return serviceBehaviour(snapshot, settings.accepted, view);
    case 'comparison':
      return compare(snapshot, task, view);
    case 'differences':
      return differences(snapshot, task, view);
    case 'simulation':
      return simulation(snapshot, view.request);
    case 'simulation-model':
      return simulationModel(snapshot, view.subject);
    case 'access-table':
    case 'runbook':
    case 'plan-bundle':
    case 'report':
    case 'report-page':
    case 'report-markdown':
    case 'report-names':
    case 'bundle':
      return undefined;
  }
}

/** The report, the bundle and tables are documents of their own, not JSON of the contract. */
async function renderDocument(
  snapshot: Translated,
  { view, settings, states, acceptances }: ViewTask,
): Promise<Uint8Array | undefined> {
  if (view.name === 'access-table')
    return accessTable(snapshot, view, { states, accepted: settings.accepted, basis: view.basis });
  if (view.name === 'runbook') return runbook(snapshot, view, view.basis);
  if (view.name === 'plan-bundle') return bundleOfPlan(snapshot, view, view.basis);
  if (!isReport(view) && view.name !== 'bundle') return undefined;
  const { files, fileOf } = layOut(snapshot.translation, view.form);
  const verdicts = isReport(view) && view.verify ? allVerdicts(snapshot, settings.accepted) : undefined;
  const all = verdicts && [...verdicts, ...allAccess(snapshot, settings.accepted)];
  const accepted = acceptancesOf(acceptances);
  const report = buildReport(snapshot.translation, snapshot.diagnostics, fileOf, all, (diagnostic) =>
    acceptanceOf(diagnostic, accepted),
  );
  if (isReport(view)) return reportBytes(report, snapshot.translation, view);
  const beside = [
    { path: 'report/report.html', text: renderReportPage(report) },
    { path: 'report/report.json', text: reportText(report) },
  ];
  return archive([...files, ...beside], view.format);
}

/** The cluster that a view is to be of; undefined where it is of all that there are. */
function clusterOf(view: ViewTask['view']): string | undefined {
  if (view.name === 'simulation') return view.request.cluster;
  if (view.name === 'simulation-model') return view.subject.cluster;
  return 'cluster' in view && view.name !== 'differences' ? view.cluster : undefined;
}

/** Computes a view as bytes, of JSON but for documents; none where what was asked for does not exist. */
export default async function render(task: ViewTask): Promise<ReturnType<typeof move>> {
  beginView(task.left);
  stopIfLeft();
  const snapshot = translated(task);
  stopIfLeft();
  const cluster = clusterOf(task.view);
  if (cluster !== undefined && !hasCluster(snapshot, cluster)) return move(new Uint8Array());
  const whole = await renderDocument(snapshot, task);
  // Handed over instead of copied: reports have tens of megabytes.
  if (whole !== undefined) return move(whole);
  const value = build(snapshot, task);
  return move(value === undefined ? new Uint8Array() : new TextEncoder().encode(JSON.stringify(value)));
}
