export { type BridgeDiagram, bridgeDiagram } from './bridge.ts';
export { type EvidenceKind, likely, type ServiceEdge, type ServiceGraph } from './graph/edge.ts';
export { serviceGraph } from './graph/graph.ts';
export { type Observation, readObserved } from './graph/observed.ts';
export { concerns, destinationsOf, type MigratingService, servicesOf } from './services.ts';
export type { Tally } from './waves/components.ts';
export { type Plan, type PlanInput, planWaves } from './waves/plan.ts';
export {
  type PlanReport,
  type PresentedGraph,
  planReport,
  presentGraph,
  type ReportedCall,
  type ReportedEvidence,
  sentenceOfPlan,
} from './waves/report.ts';
export { defaultPlanSettings, type Order, type PlanSettings } from './waves/settings.ts';
