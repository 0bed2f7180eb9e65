export { type BundleFile, type Layout, layOut, reportText } from './layout.ts';
export { buildReport, type Report } from './report.ts';
