import type { Kysely, Selectable } from 'kysely';
import { breath } from './breath.ts';
import { append, type Step } from './history.ts';
import type { Actor, ServiceState } from './record.ts';
import type { ServiceStateTable, Tables } from './tables.ts';

/** What may change of a service. */
export interface ServicePatch {
  readonly phase?: string | undefined;
  readonly owner?: string | undefined;
  readonly note?: string | undefined;
  readonly share?: number | undefined;
}

/** A service as an editor saw it; revision 0 is one that nobody changed yet. */
export interface SeenService {
  readonly id: string;
  readonly revision: number;
}

/** What a change of many services did. Conflicts carry what is stored; undefined where nobody changed the service yet. */
export interface ServicesChange {
  readonly changed: readonly ServiceState[];
  readonly conflicts: readonly { readonly id: string; readonly current: ServiceState | undefined }[];
}

export interface Services {
  list(migration: string): Promise<ServiceState[]>;
  /**
   * Changes those services whose revision is still the one seen; all in one transaction with their history.
   * @param override why the gates of these services were overridden, which the history keeps
   */
  change(
    migration: string,
    seen: readonly SeenService[],
    patch: ServicePatch,
    initialPhase: string,
    by: Actor,
    override?: { readonly services: ReadonlySet<string>; readonly reason: string },
  ): Promise<ServicesChange>;
}

const toState = (row: Selectable<ServiceStateTable>): ServiceState => ({
  service: row.service,
  phase: row.phase,
  owner: row.owner,
  note: row.note,
  revision: row.revision,
  updatedAt: row.updated_at,
  updatedBy: row.updated_by,
  share: row.share,
});

const fields = ['phase', 'owner', 'note'] as const;

/** The repository of the services' states. */
export function createServices(database: Kysely<Tables>, now: () => string): Services {
  const all = (from: Kysely<Tables>, migration: string) =>
    from.selectFrom('service_states').selectAll().where('migration_id', '=', migration).orderBy('service').execute();
  return {
    list: async (migration) => (await all(database, migration)).map(toState),
    change: (migration, seen, patch, initialPhase, by, override) =>
      database.transaction().execute(async (transaction) => {
        const stored = new Map((await all(transaction, migration)).map((row) => [row.service, row]));
        const at = now();
        const changed: ServiceState[] = [];
        const conflicts: { id: string; current: ServiceState | undefined }[] = [];
        const steps: Step[] = [];
        for (const { id, revision } of seen) {
          const row = stored.get(id);
          if ((row?.revision ?? 0) !== revision) {
            conflicts.push({ id, current: row && toState(row) });
            continue;
          }
          const before = row ?? { phase: initialPhase, owner: '', note: '', revision: 0, share: 0 };
          const next: Selectable<ServiceStateTable> = {
            migration_id: migration,
            service: id,
            phase: patch.phase ?? before.phase,
            owner: patch.owner ?? before.owner,
            note: patch.note ?? before.note,
            revision: before.revision + 1,
            updated_at: at,
            updated_by: by.name,
            share: patch.share ?? before.share,
          };
          for (const field of fields)
            if (next[field] !== before[field])
              steps.push({ subject: id, field, before: before[field], after: next[field] });
          if (next.share !== before.share)
            steps.push({ subject: id, field: 'share', before: `${before.share} %`, after: `${next.share} %` });
          if (override?.services.has(id))
            steps.push({ subject: id, field: 'override', before: null, after: override.reason });
          await transaction
            .insertInto('service_states')
            .values(next)
            .onConflict((conflict) => conflict.columns(['migration_id', 'service']).doUpdateSet(next))
            .execute();
          stored.set(id, next);
          changed.push(toState(next));
          if (changed.length % 100 === 0) await breath();
        }
        await append(transaction, migration, steps, by, at);
        return { changed, conflicts };
      }),
  };
}
