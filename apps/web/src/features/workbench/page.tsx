import { Page } from '../../ui/page.tsx';

export function WorkbenchPage() {
  return <Page title="Workbench" />;
}
