import { Page } from '../../ui/page.tsx';

export function InventoryPage() {
  return <Page title="Inventory" />;
}
