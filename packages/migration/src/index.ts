export { type BridgeDiagram, bridgeDiagram } from './bridge.ts';
export { concerns, destinationsOf, type MigratingService, servicesOf } from './services.ts';
