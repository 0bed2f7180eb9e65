export { rowsOf, verifyAccess, withAccessAcceptances } from './access/access-row.ts';
export { type AccessJudge, type AccessVerdict, createAccessJudge } from './access/compare-access.ts';
export type { Bridge, Crossing, PhaseCase } from './access/phases/bridge.ts';
export { createPhaseJudge, type PhaseJudge } from './access/phases/judge.ts';
export { accessInPhase, phaseRowsOf, verifyPhase } from './access/phases/phase-row.ts';
export type { PlaintextClients, WorkloadCall } from './access/plaintext.ts';
export type { AccessCase } from './access/scene.ts';
export type { LeftOut } from './access/servers.ts';
export { compareConnections } from './compare-connections.ts';
export { compareDecisions, describe } from './compare-decisions.ts';
export { compareRoutes, defaultBudget, type RouteVerdicts } from './compare-routes.ts';
export type { Aspect, Counterexample, Decided, Difference, Verdict } from './difference.ts';
export type { Budget } from './intersection.ts';
export { type Case, createJudge, type Judge } from './judge.ts';
export { type AfterOptions, type Emitted, meshAfter, objectsAfter } from './mesh-after.ts';
export type { Finding } from './predictions.ts';
export {
  type SeenRequest,
  type SimulatedSide,
  type SimulatedStep,
  type Simulation,
  simulate,
} from './simulate.ts';
export type {
  NothingToSimulate,
  SimulatedRequest,
  SimulatedSubject,
  SimulationModel,
} from './simulation-model.ts';
export {
  type Acceptance,
  type CounterexampleInWords,
  type DecidedInWords,
  present,
  withAcceptances,
} from './verdict-row.ts';
export { type Subject, type Verification, type VerifyOptions, verifyEstate } from './verify-estate.ts';
export { requestInWords, ruleInWords } from './words.ts';
export { judgeOfZones, type ZoneJudge } from './zones.ts';
