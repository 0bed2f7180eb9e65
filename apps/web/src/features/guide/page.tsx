import { Page } from '../../ui/page.tsx';

export function GuidePage() {
  return <Page title="Guide" />;
}
