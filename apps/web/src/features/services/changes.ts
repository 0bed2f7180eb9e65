import type { BulkChange, BulkResult, Service, ServiceChange } from '@isthmus/contract';
import { call } from '../../api/client.ts';
import { storeServices } from '../../api/live.ts';
import { isProblem } from '../../api/problem.ts';
import { queryClient } from '../../api/queries.ts';

/** What a person wants a service to be. */
export type Wanted = BulkChange['set'];

/** The fields in which a wish differs from what is stored. */
export type ChangedField = 'phase' | 'share' | 'owner' | 'note';
export const changeableFields: readonly ChangedField[] = ['phase', 'share', 'owner', 'note'];

export const differing = (service: Service, wanted: Wanted): ChangedField[] =>
  changeableFields.filter((field) => wanted[field] !== undefined && wanted[field] !== service[field]);

export type ServiceOutcome =
  | { readonly kind: 'changed'; readonly service: Service }
  /** Another change came first; nothing was overwritten. */
  | { readonly kind: 'conflict'; readonly current: Service };

/** A change of services that were changed before. */
export interface Change {
  readonly services: readonly Service[];
  readonly wanted: Wanted;
}

/**
 * What takes a change of many services back: one change for each combination of values that they had before.
 * @param before the services as they were
 * @param changed the services as the change left them; only those are taken back
 */
export function undoOf(before: readonly Service[], changed: readonly Service[], wanted: Wanted): Change[] {
  const old = new Map(before.map((service) => [service.id, service]));
  const groups = new Map<string, { services: Service[]; wanted: Wanted }>();
  for (const service of changed) {
    const was = old.get(service.id);
    if (was === undefined) continue;
    // A phase may bring a share with it.
    const fields = changeableFields.filter(
      (field) => wanted[field] !== undefined || (field === 'share' && wanted.phase !== undefined),
    );
    const values = Object.fromEntries(fields.map((field) => [field, was[field]])) as Wanted;
    const key = JSON.stringify(values);
    const group = groups.get(key) ?? { services: [], wanted: values };
    group.services.push(service);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/**
 * Changes one service as it was seen. Either way the cache has what is stored now.
 * @param reason why it enters a phase whose gate is shut
 */
export async function changeService(
  migration: string,
  seen: Service,
  wanted: Wanted,
  reason?: string,
): Promise<ServiceOutcome> {
  const { namespace, name, revision } = seen;
  const body: ServiceChange = { revision, ...wanted, ...(reason === undefined ? {} : { override: { reason } }) };
  try {
    const service = await call('PATCH /migrations/:id/services/:namespace/:name', {
      params: { id: migration, namespace, name },
      body,
    });
    storeServices(queryClient, migration, [service]);
    return { kind: 'changed', service };
  } catch (error) {
    if (!isProblem(error, 'conflict')) throw error;
    const current = error.problem.current as Service;
    storeServices(queryClient, migration, [current]);
    return { kind: 'conflict', current };
  }
}

/**
 * One change of many services as they were seen; those that changed meanwhile come back as they are now, and so do the gates that
 * keep some from the phase.
 * @param reason why they enter a phase whose gate is shut
 */
export async function changeServices(
  migration: string,
  seen: readonly Service[],
  wanted: Wanted,
  reason?: string,
): Promise<BulkResult> {
  const result = await call('POST /migrations/:id/services/changes', {
    params: { id: migration },
    body: {
      services: seen.map(({ id, revision }) => ({ id, revision })),
      set: wanted,
      ...(reason === undefined ? {} : { override: { reason } }),
    },
  });
  storeServices(queryClient, migration, [...result.changed, ...result.conflicts]);
  return result;
}
