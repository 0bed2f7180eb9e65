import type { Overview } from '@isthmus/contract';
import { count, whole } from '../../text/format.ts';
import { fieldsOf, openBlockers } from '../../ui/status.tsx';

const verb = (number: number, one: string, many: string): string => (number === 1 ? one : many);

/** The answer to "how hard will this be?", with the denominators. */
export function answerOf(overview: Overview): string {
  const { resources, carriedResources, accepted, blockedServices, services } = overview;
  const open = openBlockers(overview);
  if (resources === 0) return 'There is no Istio resource in this snapshot.';
  const carried = `${whole(carriedResources)} of ${count(resources, 'resource')} ${verb(carriedResources, 'carries', 'carry')} over without a blocker`;
  const decided =
    accepted.blocker === 0
      ? ''
      : ` ${count(accepted.blocker, 'blocker')} ${verb(accepted.blocker, 'is', 'are')} accepted.`;
  if (open === 0)
    return `${carried}; nothing blocks ${verb(services, 'the service', `the ${count(services, 'service')}`)}.${decided}`;
  const blockers = `${count(open, 'finding')} ${verb(open, 'blocks', 'block')}`;
  return blockedServices === 0
    ? `${carried}; ${count(open, 'blocker')} ${verb(open, 'concerns', 'concern')} no single service.${decided}`
    : `${carried}; ${blockers} ${whole(blockedServices)} of ${count(services, 'service')}.${decided}`;
}

/** The fields behind the resources: how many there are, and how many have a counterpart. */
export function fieldsSentence({ outcomes }: Overview): string {
  const all = fieldsOf(outcomes);
  const settled = outcomes.exact + outcomes.approximate + outcomes.inert;
  if (all === 0) return 'No field was found that Istio reads.';
  const open = outcomes.untranslated > 0 ? `, ${whole(outcomes.untranslated)} are not translated yet` : '';
  const lost = outcomes.unsupported > 0 ? `, ${whole(outcomes.unsupported)} cannot be carried over` : '';
  return `Of ${count(all, 'field')} ${whole(settled)} ${verb(settled, 'is', 'are')} settled${lost}${open}.`;
}

/** What people decided about emitted resources, and what of it waits. */
export function overridesSentence({ overrides, unsettledOverrides }: Overview): string {
  const waiting = unsettledOverrides === 0 ? '' : `, ${whole(unsettledOverrides)} to be decided again`;
  return `${count(overrides, 'override')} by people${waiting}`;
}

export interface NextStep {
  readonly text: string;
  readonly to: 'findings' | 'services' | 'export' | 'import';
  readonly label: string;
}

/** What to do next, in the order in which it matters. */
export function nextStep(overview: Overview): NextStep {
  if (overview.resources === 0)
    return {
      text: `Import manifests that hold Istio resources. ${count(overview.skippedTotal, 'object')} of this snapshot ${verb(overview.skippedTotal, 'was', 'were')} kept out; the reasons stand below.`,
      to: 'import',
      label: 'Import',
    };
  const blockers = openBlockers(overview);
  if (blockers > 0)
    return {
      text:
        blockers === 1
          ? 'Look at the blocker: it says what would change for traffic, and what to do.'
          : `Go through the ${count(blockers, 'blocker')}: each says what would change for traffic, and what to do.`,
      to: 'findings',
      label: blockers === 1 ? 'Open the blocker' : 'Open the blockers',
    };
  const { discovered = 0, translated = 0 } = overview.phases;
  if (overview.services > 0 && discovered + translated > 0)
    return {
      text: `Review the ${count(discovered + translated, 'service')} that nobody has reviewed yet.`,
      to: 'services',
      label: 'Open the services',
    };
  return { text: 'Export the bundle and apply it in its order.', to: 'export', label: 'Open the export' };
}
