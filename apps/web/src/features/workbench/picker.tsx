import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { resourcesQuery, servicesQuery, type WorkbenchSubject } from '../../api/queries.ts';
import { nameOf } from './source-text.ts';

const asValue = ({ service, resource, namespace }: WorkbenchSubject): string =>
  service !== undefined
    ? `service ${service}`
    : resource !== undefined
      ? `resource ${resource}`
      : `namespace ${namespace}`;

function subjectOf(value: string): Record<string, string> {
  const space = value.indexOf(' ');
  return { [value.slice(0, space)]: value.slice(space + 1) };
}

/** Chooses what the workbench shows; the lists are asked for when it is first opened. */
export function Picker({ id, subject, title }: { id: string; subject: WorkbenchSubject | undefined; title: string }) {
  const navigate = useNavigate();
  const [isOpened, setOpened] = useState(false);
  const services = useQuery({ ...servicesQuery(id), enabled: isOpened });
  const resources = useQuery({ ...resourcesQuery(id), enabled: isOpened });
  const current = subject && { value: asValue(subject), label: title };
  const data = useMemo(() => {
    const items = {
      namespace: [...new Set((resources.data ?? []).map(({ namespace }) => namespace || 'default'))].map((name) => ({
        value: `namespace ${name}`,
        label: name,
      })),
      service: (services.data ?? []).map((service) => ({ value: `service ${service.id}`, label: service.id })),
      resource: (resources.data ?? []).map((resource) => ({
        value: `resource ${resource.index}`,
        label: nameOf(resource),
      })),
    };
    const known = [...items.namespace, ...items.service, ...items.resource].some(
      ({ value }) => value === current?.value,
    );
    return [
      ...(known || current === undefined ? [] : [{ group: 'Shown now', items: [current] }]),
      { group: 'Namespaces', items: items.namespace },
      { group: 'Services', items: items.service },
      { group: 'Resources', items: items.resource },
    ].filter(({ items: { length } }) => length > 0);
  }, [services.data, resources.data, current?.value, current]);
  const isLoading = services.isFetching || resources.isFetching;
  return (
    <Select
      aria-label="Service, resource or namespace to show"
      placeholder="Service, resource or namespace"
      searchable
      limit={100}
      w={320}
      size="sm"
      data={data}
      value={current?.value ?? null}
      onFocus={() => setOpened(true)}
      // What is typed replaces the name that stands there.
      onClick={({ currentTarget }) => currentTarget.select()}
      onDropdownOpen={() => setOpened(true)}
      nothingFoundMessage={isLoading ? 'Loading …' : 'Nothing has this name'}
      onChange={(value) => {
        if (value !== null)
          void navigate({ to: '/migrations/$id/workbench', params: { id }, search: subjectOf(value) as never });
      }}
    />
  );
}
