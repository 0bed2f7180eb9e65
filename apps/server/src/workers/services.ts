import type { Service } from '@isthmus/contract';
import type { MigratingService } from '@isthmus/migration';
import type { ServiceState } from '@isthmus/store';
import type { PlanBasis } from '../plan-record.ts';
import { type Acceptances, countAccepted } from './acceptances.ts';
import { overriddenIn } from './overrides.ts';
import { waveNumbers } from './plan.ts';
import { addUp, keyOf, noFindings, noOutcomes, type Translated } from './snapshot.ts';

/** Shows services as the API does. */
export type Presenter = (service: MigratingService) => Service;

/** Looks up once what services are shown with: what people recorded, decided and planned. */
export function createPresenter(
  snapshot: Translated,
  states: readonly ServiceState[],
  acceptances: Acceptances,
  basis: PlanBasis,
): Presenter {
  const stateOf = new Map(states.map((state) => [state.service, state]));
  const acceptedOf = countAccepted(snapshot, acceptances).of;
  const overridden = overriddenIn(snapshot);
  const waveOf = waveNumbers(snapshot, basis);
  return ({ id, namespace, name, origin }) => {
    const outcomes = noOutcomes();
    const findings = noFindings();
    const accepted = noFindings();
    const resources = snapshot.concerns.get(id) ?? [];
    for (const index of resources) {
      addUp(outcomes, snapshot.outcomes[index] ?? noOutcomes());
      addUp(findings, snapshot.findings[index] ?? noFindings());
      const resource = snapshot.translation.estate.istio[index];
      const counts = resource && acceptedOf.get(keyOf(resource, resource.source.file));
      if (counts !== undefined) addUp(accepted, counts);
    }
    const state = stateOf.get(id);
    return {
      id,
      namespace,
      name,
      origin,
      phase: (state?.phase ?? 'discovered') as Service['phase'],
      share: state?.share ?? 0,
      owner: state?.owner ?? '',
      note: state?.note ?? '',
      revision: state?.revision ?? 0,
      updatedAt: state?.updatedAt ?? null,
      updatedBy: state?.updatedBy ?? null,
      wave: waveOf.get(id) ?? null,
      resources: resources.length,
      outcomes,
      findings,
      accepted,
      overrides: [...(overridden.services.get(id) ?? [])],
    };
  };
}

/** Whether something blocks a service that nobody accepted. */
export const isBlocked = ({ findings, accepted }: Pick<Service, 'findings' | 'accepted'>): boolean =>
  findings.blocker > accepted.blocker;
