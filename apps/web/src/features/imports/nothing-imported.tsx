import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { migrationQuery } from '../../api/queries.ts';
import { Page } from '../../ui/page.tsx';
import { DropZone } from './drop-zone.tsx';
import { startImport } from './imports.ts';

/** Any page of a migration without a snapshot: the way to one. */
export function NothingImported({ id, onImported }: { id: string; onImported: () => void }) {
  const { data: migration } = useQuery(migrationQuery(id));
  const navigate = useNavigate();
  // Somebody else, or another tab, imported meanwhile.
  const hasSnapshot = (migration?.snapshot ?? null) !== null;
  useEffect(() => {
    if (hasSnapshot) onImported();
  }, [hasSnapshot, onImported]);
  return (
    <Page
      title="Nothing imported yet"
      of={migration?.name}
      answer="This page shows what an import holds. Bring the manifests of the estate in; it opens by itself then."
    >
      <DropZone
        heading="Drop manifests here"
        onFound={(found) => {
          void startImport(id, found);
          void navigate({ to: '/migrations/$id/import', params: { id } });
        }}
      />
    </Page>
  );
}
