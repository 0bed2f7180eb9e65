import { Page } from '../../ui/page.tsx';

export function ExportPage() {
  return <Page title="Export" />;
}
