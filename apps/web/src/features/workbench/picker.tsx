import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { resourcesQuery, servicesQuery, type WorkbenchSubject } from '../../api/queries.ts';
import { Combobox } from '../../ui/combobox.tsx';
import { type Entry, type Source, serviceText } from '../../ui/find.ts';
import { useAddress } from '../../ui/use-search.ts';
import { nameOf } from './source-text.ts';

type Choice = Entry & { readonly search: Readonly<Record<string, string>> };

/** What can be chosen of a list; `textOf` is what an item is found by. */
function sourceOf<Item>(
  items: readonly Item[],
  textOf: (item: Item) => string,
  choiceOf: (item: Item) => Choice,
  isShownAtFirst: boolean,
): Source<Choice> {
  return { texts: items.map(textOf), entry: (index) => choiceOf(items[index] as Item), isShownAtFirst };
}

/** Chooses what the workbench shows; the lists are asked for when it is first opened. */
export function Picker({ id, subject, title }: { id: string; subject: WorkbenchSubject | undefined; title: string }) {
  const navigate = useNavigate();
  const [{ list, dock }] = useAddress();
  const [isOpened, setOpened] = useState(false);
  const services = useQuery({ ...servicesQuery(id), enabled: isOpened });
  const resources = useQuery({ ...resourcesQuery(id), enabled: isOpened });
  const sources = useMemo<readonly Source<Choice>[]>(() => {
    const rows = resources.data ?? [];
    const namespaces = [...new Set(rows.map(({ namespace }) => namespace || 'default'))].sort();
    return [
      sourceOf(
        namespaces,
        (name) => name,
        (name) => ({ group: 'Namespace', title: name, hint: '', search: { namespace: name } }),
        true,
      ),
      sourceOf(
        services.data ?? [],
        serviceText,
        (service) => ({
          group: 'Service',
          title: service.id,
          hint: service.phase,
          search: { service: service.id },
        }),
        true,
      ),
      sourceOf(
        rows,
        (row) => `${nameOf(row)} ${row.file}`.toLowerCase(),
        (row) => ({
          group: 'Resource',
          title: nameOf(row),
          hint: `${row.file}:${row.line}`,
          search: { resource: String(row.index) },
        }),
        false,
      ),
    ];
  }, [services.data, resources.data]);
  const isLoading = services.isFetching || resources.isFetching;
  return (
    <Combobox
      label="Service, resource or namespace to show"
      placeholder="Service, resource or namespace"
      value={subject === undefined ? '' : title}
      sources={sources}
      none={isLoading ? 'Loading …' : 'Nothing has this name'}
      onOpen={() => setOpened(true)}
      onChoose={({ search }) =>
        void navigate({ to: '/migrations/$id/workbench', params: { id }, search: { ...search, list, dock } as never })
      }
    />
  );
}
