import { type TSchema, Type } from 'typebox';
import * as access from './access.ts';
import * as behaviour from './behaviour.ts';
import * as changes from './changes.ts';
import * as checks from './checks.ts';
import { clusterRoutes } from './cluster-routes.ts';
import { ResourceForm } from './common.ts';
import * as coverage from './coverage.ts';
import * as fanOut from './fan-out.ts';
import * as gate from './gate.ts';
import * as migration from './migration.ts';
import { overrideRoutes } from './override-routes.ts';
import * as plan from './plan.ts';
import * as planSettings from './plan-settings.ts';
import * as progress from './progress.ts';
import * as service from './service.ts';
import * as stage from './stage.ts';
import * as views from './views.ts';

/** One operation of the API. Paths are below `/api/v1`; answers other than 2xx are problem documents. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  readonly query?: TSchema;
  readonly body?: TSchema;
  readonly status: number;
  /** Absent: no body, or a stream that the summary names. */
  readonly response?: TSchema;
}

const defineRoutes = <const Routes extends Readonly<Record<string, Route>>>(routes: Routes): Routes => routes;

/** The operations under `/api/v1`, by name: server handlers and client calls share these. */
export const routes = defineRoutes({
  ...clusterRoutes,
  ...overrideRoutes,
  getSession: {
    method: 'GET',
    path: '/session',
    summary: 'Who speaks, and whether a token is asked for',
    status: 200,
    response: service.Session,
  },
  signIn: {
    method: 'POST',
    path: '/session',
    summary: 'Sign in with the token, or choose a name',
    body: service.SignIn,
    status: 200,
    response: service.Session,
  },
  signOut: { method: 'DELETE', path: '/session', summary: 'Sign out', status: 204 },
  listMigrations: {
    method: 'GET',
    path: '/migrations',
    summary: 'All migrations, archived ones too',
    status: 200,
    response: Type.Object({ migrations: Type.Array(migration.Migration) }),
  },
  createMigration: {
    method: 'POST',
    path: '/migrations',
    summary: 'A new, empty migration',
    body: migration.NewMigration,
    status: 201,
    response: migration.Migration,
  },
  openSample: {
    method: 'POST',
    path: '/migrations/sample',
    summary: 'A migration of the sample estate Kong Air; its import is already under way',
    status: 202,
    response: migration.ImportJob,
  },
  getMigration: {
    method: 'GET',
    path: '/migrations/:id',
    summary: 'One migration',
    status: 200,
    response: migration.Migration,
  },
  changeMigration: {
    method: 'PATCH',
    path: '/migrations/:id',
    summary: 'Rename, archive, or change settings; 409 where another change came first',
    body: migration.MigrationChange,
    status: 200,
    response: migration.Migration,
  },
  describeDeletion: {
    method: 'GET',
    path: '/migrations/:id/deletion',
    summary: 'What deleting it would remove',
    status: 200,
    response: migration.Deletion,
  },
  deleteMigration: {
    method: 'DELETE',
    path: '/migrations/:id',
    summary: 'Delete it with everything it holds',
    status: 204,
  },
  importFiles: {
    method: 'POST',
    path: '/migrations/:id/snapshots',
    summary:
      "Import files (multipart; a part's file name is its path; archives are unpacked; a field `cluster` names the cluster of the parts behind it)",
    status: 202,
    response: migration.ImportJob,
  },
  listSnapshots: {
    method: 'GET',
    path: '/migrations/:id/snapshots',
    summary: 'Its snapshots, newest first',
    status: 200,
    response: Type.Object({ snapshots: Type.Array(migration.Snapshot) }),
  },
  getChanges: {
    method: 'GET',
    path: '/migrations/:id/changes',
    summary:
      'How the resources of two snapshots, or of one and the clusters, differ, and what is emitted from them; the newest two unless said',
    query: changes.ChangesQuery,
    status: 200,
    response: changes.Changes,
  },
  getChangedVerdicts: {
    method: 'GET',
    path: '/migrations/:id/changes/verdicts',
    summary: 'How the verdicts on two snapshots differ, and which decisions stand; ask again until it is complete',
    query: changes.ChangesQuery,
    status: 200,
    response: changes.ChangedVerdicts,
  },
  getImport: { method: 'GET', path: '/imports/:id', summary: 'An import', status: 200, response: migration.ImportJob },
  watchImport: {
    method: 'GET',
    path: '/imports/:id/events',
    summary: 'Progress of an import (server-sent events `progress` and `end`, data ImportJob)',
    status: 200,
  },
  cancelImport: { method: 'DELETE', path: '/imports/:id', summary: 'Cancel an import', status: 204 },
  watchMigration: {
    method: 'GET',
    path: '/migrations/:id/events',
    summary:
      'Changes by others (server-sent events `migration`, `services`, `snapshot`, `plan`, `views`; data: what changed, or null for read anew)',
    status: 200,
  },
  getOverview: {
    method: 'GET',
    path: '/migrations/:id/overview',
    summary: 'Coverage, findings and progress of the newest snapshot',
    status: 200,
    response: views.Overview,
  },
  getProgress: {
    method: 'GET',
    path: '/migrations/:id/progress',
    summary: 'Where the services stand and stood: by day, from the history, and by namespace, owner and wave',
    query: progress.ProgressQuery,
    status: 200,
    response: progress.Progress,
  },
  getInventory: {
    method: 'GET',
    path: '/migrations/:id/inventory',
    summary: 'Namespaces, workloads, services, injection state, Istio kinds',
    status: 200,
    response: views.Inventory,
  },
  listResources: {
    method: 'GET',
    path: '/migrations/:id/resources',
    summary: 'The Istio resources with their outcomes',
    status: 200,
    response: views.ResourceList,
  },
  listDiagnostics: {
    method: 'GET',
    path: '/migrations/:id/diagnostics',
    summary: 'Findings, blockers first',
    query: Type.Object({
      severity: Type.Optional(Type.String()),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
    }),
    status: 200,
    response: views.DiagnosticList,
  },
  listAcceptances: {
    method: 'GET',
    path: '/migrations/:id/acceptances',
    summary: 'The findings that somebody accepted, also those that are not there any more',
    status: 200,
    response: views.AcceptedFindings,
  },
  acceptFinding: {
    method: 'POST',
    path: '/migrations/:id/acceptances',
    summary: 'Accept a blocker or a warning with a reason; 409 where somebody did so before',
    body: views.NewAcceptance,
    status: 201,
    response: views.AcceptedFinding,
  },
  withdrawAcceptance: {
    method: 'DELETE',
    path: '/migrations/:id/acceptances/:finding',
    summary: 'Take the acceptance of a finding back',
    status: 204,
  },
  getWorkbench: {
    method: 'GET',
    path: '/migrations/:id/workbench',
    summary:
      'Before and after of a service (`ns/name`), a resource (its index, or `Kind/namespace/name` with `@file:line` where several have that name) or a namespace',
    query: Type.Object({
      service: Type.Optional(Type.String()),
      resource: Type.Optional(Type.String({ maxLength: 5000 })),
      namespace: Type.Optional(Type.String()),
    }),
    status: 200,
    response: views.Workbench,
  },
  getBridge: {
    method: 'GET',
    path: '/migrations/:id/bridge',
    summary: 'The bridge architecture as a Mermaid flowchart, now or at a stage of a wave',
    query: stage.BridgeQuery,
    status: 200,
    response: views.Bridge,
  },
  getBehaviour: {
    method: 'GET',
    path: '/migrations/:id/behaviour',
    summary: 'Whether both meshes do the same, service by service; ask again until it is complete',
    query: behaviour.BehaviourQuery,
    status: 200,
    response: behaviour.Behaviour,
  },
  getServiceBehaviour: {
    method: 'GET',
    path: '/migrations/:id/behaviour/:namespace/:name',
    summary: 'The verdicts on one service, with counterexamples',
    query: behaviour.ServiceBehaviourQuery,
    status: 200,
    response: behaviour.ServiceBehaviour,
  },
  getAccess: {
    method: 'GET',
    path: '/migrations/:id/access',
    summary: 'Who may call whom in both meshes, workload by workload; ask again until it is complete',
    query: access.AccessQuery,
    status: 200,
    response: access.AccessView,
  },
  getWorkloadAccess: {
    method: 'GET',
    path: '/migrations/:id/access/:namespace/:name',
    summary: 'Who may call one workload, with every caller',
    query: access.WorkloadAccessQuery,
    status: 200,
    response: access.WorkloadAccess,
  },
  getAccessTable: {
    method: 'GET',
    path: '/migrations/:id/access.csv',
    summary: 'Who may call whom as comma-separated values, a line for each caller and port',
    query: access.AccessQuery,
    status: 200,
  },
  listChecks: {
    method: 'GET',
    path: '/migrations/:id/checks',
    summary: 'The pre-flight checks with what was examined, evidence and remedy',
    query: checks.CheckQuery,
    status: 200,
    response: checks.CheckList,
  },
  getPlan: {
    method: 'GET',
    path: '/migrations/:id/plan',
    summary: 'In which waves services move, what moves together, and the calls that say so with their evidence',
    query: plan.PlanQuery,
    status: 200,
    response: plan.Plan,
  },
  getFanOut: {
    method: 'GET',
    path: '/migrations/:id/fan-out',
    summary:
      'What each proxy holds and whom a change reaches, in Istio and in Kong Mesh, by namespace and for 10 to 10,000 services',
    status: 200,
    response: fanOut.FanOut,
  },
  getPlanSettings: {
    method: 'GET',
    path: '/migrations/:id/plan/settings',
    summary: 'What the plan and the bridge have to keep to, with the certificates and the traffic that were given',
    status: 200,
    response: planSettings.StoredPlan,
  },
  changePlanSettings: {
    method: 'PATCH',
    path: '/migrations/:id/plan/settings',
    summary:
      'Change what the plan has to keep to, or arrange its waves; 409 with both values where another change came first',
    body: planSettings.PlanChange,
    status: 200,
    response: planSettings.StoredPlan,
  },
  assessPlan: {
    method: 'POST',
    path: '/migrations/:id/plan/assessment',
    summary: 'What follows from waves as somebody would arrange them, or from other settings; nothing is kept',
    body: planSettings.Arrangement,
    status: 200,
    response: planSettings.PlanAssessment,
  },
  setCertificates: {
    method: 'POST',
    path: '/migrations/:id/plan/certificates',
    summary: "The root certificates of one mesh's authority; 422 for private keys and what is no authority",
    body: planSettings.CertificateUpload,
    status: 200,
    response: planSettings.StoredPlan,
  },
  setObserved: {
    method: 'POST',
    path: '/migrations/:id/plan/observed',
    summary:
      "Traffic that was seen, as JSON: Prometheus' answer to an instant query for istio_requests_total, or Kiali's graph; 422 for anything else",
    status: 200,
    response: planSettings.StoredPlan,
  },
  removeObserved: {
    method: 'DELETE',
    path: '/migrations/:id/plan/observed',
    summary: 'Forget the traffic that was seen',
    status: 204,
  },
  getWave: {
    method: 'GET',
    path: '/migrations/:id/plan/waves/:wave',
    summary: 'One wave stage by stage: what each changes, what to run, how to verify, how to go back',
    query: stage.WaveQuery,
    status: 200,
    response: stage.WaveStages,
  },
  getRunbook: {
    method: 'GET',
    path: '/migrations/:id/plan/waves/:wave/runbook',
    summary: 'The runbook of a wave as Markdown or as a self-contained page',
    query: Type.Object({
      ...stage.WaveQuery.properties,
      format: Type.Optional(Type.Enum(['md', 'html'])),
    }),
    status: 200,
  },
  getPlanBundle: {
    method: 'GET',
    path: '/migrations/:id/plan/bundle',
    summary: 'Runbooks, manifests and the way back of all waves, or of one, as an archive, in either form',
    query: Type.Object({
      format: Type.Optional(Type.Union([Type.Literal('zip'), Type.Literal('tar.gz')])),
      form: Type.Optional(ResourceForm),
      wave: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
    }),
    status: 200,
  },
  getRequestPath: {
    method: 'GET',
    path: '/migrations/:id/bridge/path',
    summary: 'The path of a request across the bridge: its hops, where TLS ends, which identity the server sees',
    query: stage.RequestPathQuery,
    status: 200,
    response: stage.RequestPath,
  },
  simulate: {
    method: 'POST',
    path: '/migrations/:id/simulate',
    summary: 'What both meshes do with one request, step by step',
    body: behaviour.SimulatedRequest,
    status: 200,
    response: behaviour.Simulation,
  },
  getSimulationModel: {
    method: 'POST',
    path: '/migrations/:id/simulation-model',
    summary: 'What decides every request of a client to a service, for simulating them elsewhere',
    body: behaviour.SimulatedSubject,
    status: 200,
    response: behaviour.SimulationModel,
  },
  listServices: {
    method: 'GET',
    path: '/migrations/:id/services',
    summary: 'Services with their phases',
    status: 200,
    response: service.ServiceList,
  },
  changeService: {
    method: 'PATCH',
    path: '/migrations/:id/services/:namespace/:name',
    summary:
      'Change phase, share, owner or note; 409 with both values where another change came first, 422 with the gate where it is shut',
    body: service.ServiceChange,
    status: 200,
    response: service.Service,
  },
  changeServices: {
    method: 'POST',
    path: '/migrations/:id/services/changes',
    summary: 'One change of many services',
    body: service.BulkChange,
    status: 200,
    response: service.BulkResult,
  },
  listSavedViews: {
    method: 'GET',
    path: '/migrations/:id/views',
    summary: 'Saved views of its pages, by name',
    status: 200,
    response: service.SavedViews,
  },
  saveView: {
    method: 'POST',
    path: '/migrations/:id/views',
    summary: 'Save a view; one of the same name is replaced',
    body: service.NewSavedView,
    status: 200,
    response: service.SavedView,
  },
  removeView: {
    method: 'DELETE',
    path: '/migrations/:id/views/:page/:name',
    summary: 'Remove a saved view',
    status: 204,
  },
  getGates: {
    method: 'GET',
    path: '/migrations/:id/services/:namespace/:name/gates',
    summary: 'Whether a service may enter its next phases, condition by condition with the evidence',
    status: 200,
    response: gate.ServiceGates,
  },
  approve: {
    method: 'POST',
    path: '/migrations/:id/services/:namespace/:name/approvals',
    summary: 'Approve that the traffic of a service shifts; once for each name',
    body: gate.NewApproval,
    status: 200,
    response: gate.ServiceGates,
  },
  withdrawApproval: {
    method: 'DELETE',
    path: '/migrations/:id/services/:namespace/:name/approvals',
    summary: 'Take the own approval back',
    status: 200,
    response: gate.ServiceGates,
  },
  getHistory: {
    method: 'GET',
    path: '/migrations/:id/history',
    summary: 'Who changed what and when, newest first',
    query: Type.Object({
      subject: Type.Optional(Type.String()),
      before: Type.Optional(Type.Integer()),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    }),
    status: 200,
    response: service.History,
  },
  getReport: {
    method: 'GET',
    path: '/migrations/:id/report',
    summary: 'The report as JSON',
    query: behaviour.ReportQuery,
    status: 200,
  },
  getReportPage: {
    method: 'GET',
    path: '/migrations/:id/report.html',
    summary: 'The report as a self-contained page',
    query: behaviour.ReportQuery,
    status: 200,
  },
  getReportText: {
    method: 'GET',
    path: '/migrations/:id/report.md',
    summary: 'The report as Markdown',
    query: behaviour.ReportQuery,
    status: 200,
  },
  getReportNames: {
    method: 'GET',
    path: '/migrations/:id/report-names.csv',
    summary: 'Which name each pseudonym in reports of this migration stands for, as comma-separated values',
    query: behaviour.ReportQuery,
    status: 200,
  },
  getBundle: {
    method: 'GET',
    path: '/migrations/:id/bundle',
    summary: 'The bundle as an archive, its resources as objects of Kubernetes or in Universal form',
    query: Type.Object({
      format: Type.Optional(Type.Union([Type.Literal('zip'), Type.Literal('tar.gz')])),
      form: Type.Optional(ResourceForm),
    }),
    status: 200,
  },
  listCodes: {
    method: 'GET',
    path: '/codes',
    summary: 'The diagnostic codes there are',
    status: 200,
    response: views.CodeList,
  },
  getCode: {
    method: 'GET',
    path: '/codes/:code',
    summary: 'The page of a diagnostic code',
    status: 200,
    response: views.CodePage,
  },
  getCoverage: {
    method: 'GET',
    path: '/coverage',
    summary: 'What becomes of each field of each kind of Istio',
    status: 200,
    response: coverage.Coverage,
  },
});
