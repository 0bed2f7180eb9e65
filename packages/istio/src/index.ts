export type { Estate, Skipped, SourceFile, Superseded } from './estate.ts';
export { isIstioGroup } from './part.ts';
export {
  indexServices,
  parseProtocol,
  type Service,
  type ServiceIndex,
  type ServiceName,
  type ServicePort,
} from './services.ts';
export { type Intake, takeIn } from './take-in.ts';
