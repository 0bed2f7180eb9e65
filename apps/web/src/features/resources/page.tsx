import { Page } from '../../ui/page.tsx';

export function ResourcesPage() {
  return <Page title="Resources" />;
}
