import { useDeferredValue, useMemo } from 'react';
import { count, whole } from '../../text/format.ts';
import { ChipFilter, ClearFilters, Filters, SelectFilter, TextFilter } from '../../ui/filters.tsx';
import { Section } from '../../ui/page.tsx';
import { useAddress } from '../../ui/use-search.ts';
import { waveNumbers } from './board.ts';
import { CallList } from './call-item.tsx';
import { crossingAfter, filterCalls, filterNames, kindWords, strengthOf } from './filter.ts';
import type { PlanState } from './use-plan.ts';

const mostCalls = 100;

/** Who calls whom, with the evidence: the table behind the graph. */
export function Calls({ migration, state }: { migration: string; state: PlanState }) {
  const [search] = useAddress();
  const { plan, waves, settings } = state;
  const { q, service, strength, kind, after } = search;
  const wanted = useMemo(() => ({ q, service, strength, kind }), [q, service, strength, kind]);
  const deferred = useDeferredValue(wanted);
  const wave = Number(after);
  const known = useMemo(
    () =>
      Number.isInteger(wave) && wave >= 1
        ? crossingAfter(plan.calls, waveNumbers(waves), settings.excluded, wave)
        : plan.calls,
    [plan, waves, settings.excluded, wave],
  );
  const shown = useMemo(() => filterCalls(known, deferred), [known, deferred]);
  const services = useMemo(() => [...new Set(plan.calls.flatMap(({ from, to }) => [from, to]))].sort(), [plan]);
  const kinds = useMemo(
    () => [...new Set(plan.calls.flatMap(({ evidence }) => evidence.map((one) => one.kind)))].sort(),
    [plan],
  );
  const { summary } = plan;
  return (
    <Section
      title="Calls"
      note="Who calls whom, as far as the manifests tell and traffic was seen. Open a call for where it is said. What neither shows is not here: give observed traffic in the settings."
    >
      <Filters summary={`${whole(shown.length)} of ${count(plan.calls.length, 'call')}`}>
        <TextFilter label="Filter by text" />
        <ChipFilter
          name="strength"
          label="Strength"
          chips={[
            { value: 'ordering', label: 'orders the waves', count: summary.calls },
            { value: 'weak', label: 'too little evidence', count: plan.calls.length - summary.calls },
          ]}
        />
        {services.length > 0 && <SelectFilter name="service" label="Service" options={services} />}
        {kinds.length > 1 && <SelectFilter name="kind" label="Evidence" options={kinds} words={kindWords} />}
        <SelectFilter
          name="after"
          label="Crossing"
          none="Crossing or not"
          options={waves.map((_, index) => String(index + 1))}
          words={Object.fromEntries(waves.map((_, index) => [String(index + 1), `crosses after wave ${index + 1}`]))}
        />
        <ClearFilters names={filterNames} />
      </Filters>
      {shown.length === 0 ? (
        <p className="muted">
          {plan.calls.length === 0
            ? 'No call between services was found in this import.'
            : 'No call matches these filters.'}
        </p>
      ) : (
        <CallList
          migration={migration}
          label="Calls"
          calls={shown}
          most={mostCalls}
          noteOf={(call) => (strengthOf(call) === 'weak' ? 'too little evidence' : '')}
        />
      )}
    </Section>
  );
}
