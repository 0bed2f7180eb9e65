import { useSuspenseQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { migrationQuery } from '../../api/queries.ts';
import { Page } from '../../ui/page.tsx';
import { HistoryTable } from './history-table.tsx';

export function HistoryPage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const { data: migration } = useSuspenseQuery(migrationQuery(id));
  return (
    <Page
      title="History"
      of={migration.name}
      isFilling
      answer="Every change of this migration and its services, newest first. Entries are only ever added."
    >
      <HistoryTable migration={id} isFilling />
    </Page>
  );
}
