export {
  type Certificate,
  type CertificateFacts,
  type CertificateRefusal,
  type Certificates,
  readCertificates,
  type Validity,
  validityOf,
} from './bridge/certificates.ts';
export { type BridgeDiagram, bridgeDiagram } from './bridge/diagram.ts';
export { type BridgedService, type BridgeFacts, bridgeFacts } from './bridge/facts.ts';
export type { BridgeInput, EmittedFor } from './bridge/input.ts';
export { hasShares } from './bridge/into-kong.ts';
export type { Changes, Overlay, Placed } from './bridge/placed.ts';
export { type Progress, type ProgressOf, progressOfPhase } from './bridge/progress.ts';
export { type Hop, pathDiagram, type RequestPath, type RequestRoute, requestPath } from './bridge/request-path.ts';
export {
  type BridgeSettings,
  defaultBridgeSettings,
  type MeshNames,
  ownTrustDomain,
  problemOfShift,
  type Topology,
  type Widened,
} from './bridge/settings.ts';
export {
  phasesAt,
  progressAt,
  type Stage,
  type StageName,
  stageNames,
  stagesNamed,
  stagesOfWave,
  type WaveOf,
  waveOf,
} from './bridge/stages.ts';
export { bridgeState } from './bridge/state.ts';
export { crossingWays, type Way, type WayKind } from './bridge/way.ts';
export { x509Reader } from './bridge/x509.ts';
export type { Change } from './fan-out/changes.ts';
export { type FanOut, type FanOutInput, fanOut, type NamespaceFanOut, type ScopedFanOut } from './fan-out/fan-out.ts';
export type { Formula, Load } from './fan-out/formulas.ts';
export type { Point } from './fan-out/projection.ts';
export { bytesInWords } from './fan-out/sentence.ts';
export { type EvidenceKind, likely, type ServiceEdge, type ServiceGraph } from './graph/edge.ts';
export { serviceGraph } from './graph/graph.ts';
export { type Observation, type ObservedTraffic, readObserved } from './graph/observed.ts';
export { workloadCalls } from './graph/workload-calls.ts';
export { type ClusterOfMesh, callsBetweenClusters } from './phases/between-clusters.ts';
export {
  againstAccess,
  againstPhase,
  callersInIstio,
  closedWays,
  type KnownRoot,
  missingTrust,
  type PhaseState,
  phaseCase,
  progressWith,
  rulesAcross,
  stateCase,
  waitingFor,
} from './phases/evidence.ts';
export {
  type Condition,
  type Gate,
  type GateEvidence,
  type GateFacts,
  gateOf,
  isForward,
  type Phase,
  phaseOrder,
  sentenceOfGate,
} from './phases/gate.ts';
export {
  type BundleFile,
  type ClusterPart,
  hasUniversal,
  ownWaves,
  planBundle,
  planBundles,
  planFiles,
  planFilesOfParts,
} from './runbook/bundle.ts';
export type { Command } from './runbook/command.ts';
export { type Written, written, writtenIn, writtenRef } from './runbook/portions.ts';
export { type Runbook, renderRunbook, runbookOf } from './runbook/runbook.ts';
export { renderRunbookPage } from './runbook/runbook-page.ts';
export { type StageSteps, type Step, stageFolder, stepsOfStage } from './runbook/steps.ts';
export { concerns, destinationsOf, type MigratingService, resourcesConcerning, servicesOf } from './services.ts';
export { type Assessment, assessWaves } from './waves/arrangement.ts';
export { type Freeze, problemOfSchedule, type Schedule, type WaveDay, waveDays } from './waves/calendar.ts';
export type { Tally } from './waves/components.ts';
export { type Plan, type PlanInput, planWaves, type Unkept } from './waves/plan.ts';
export {
  type PlanReport,
  type PresentedGraph,
  planInput,
  planReport,
  presentGraph,
  type ReportedCall,
  type ReportedEvidence,
  sentenceOfPlan,
} from './waves/report.ts';
export { defaultPlanSettings, type Order, type PlanSettings } from './waves/settings.ts';
