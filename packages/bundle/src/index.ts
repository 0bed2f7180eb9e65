export { type ArchiveFormat, archive } from './archive.ts';
export { type BundleFile, type Layout, layOut, reportText } from './layout.ts';
export { buildReport, type Report } from './report.ts';
export { renderReportPage } from './report-page.ts';
