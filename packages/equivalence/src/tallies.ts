// What verdicts add up to: all that reports need, without the engines that compare, which take long to load.
export {
  type AccessRow,
  type AccessTally,
  answerOf,
  isAccessRow,
  tallyAccess,
  whole,
} from './access/access-tally.ts';
export {
  type AspectSummary,
  type AspectTally,
  aspects,
  isOpen,
  isUnpredicted,
  type ServiceSummary,
  summarise,
  type Tally,
  tally,
} from './tally.ts';
export type { VerdictRow } from './verdict-row.ts';
