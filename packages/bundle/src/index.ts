export { type ArchiveFormat, archive } from './archive.ts';
export {
  type BundleFile,
  filesOf,
  formInBundle,
  type Layout,
  type LayoutPlan,
  layOut,
  type PlannedFile,
  planLayout,
  textOfFile,
  universalOf,
} from './layout.ts';
export type { KeyedHash } from './pseudonyms/pseudonyms.ts';
export { type PseudonymousReport, underPseudonyms } from './pseudonyms/report.ts';
export { buildReport, type Report } from './report.ts';
export { renderReportMarkdown } from './report-markdown.ts';
export { renderReportPage } from './report-page.ts';
export { reportSchema } from './report-schema.ts';
export { reportChunks, reportText } from './report-text.ts';
