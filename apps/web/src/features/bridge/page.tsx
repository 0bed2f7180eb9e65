import { Page } from '../../ui/page.tsx';

export function BridgePage() {
  return <Page title="Bridge" />;
}
