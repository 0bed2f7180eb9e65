export type { Estate, Skipped, Superseded } from './estate.ts';
