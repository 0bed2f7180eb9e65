export { type ArchiveFormat, archive } from './archive.ts';
export {
  type BundleFile,
  type BundleFormat,
  bundleFormats,
  filesOf,
  type Layout,
  type LayoutPlan,
  layOut,
  type PlannedFile,
  planLayout,
  textOfFile,
} from './layout.ts';
export { buildReport, type Report } from './report.ts';
export { renderReportPage } from './report-page.ts';
export { reportSchema } from './report-schema.ts';
export { reportChunks, reportText } from './report-text.ts';
export { isUniversal, toUniversal, type UniversalObject } from './universal.ts';
