import type { FanOut } from '@isthmus/contract';
import { Button } from '@mantine/core';
import { useSuspenseQueries } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useEffectEvent, useMemo } from 'react';
import { migrationQuery } from '../../api/queries.ts';
import { Chip, Chips } from '../../ui/chip.tsx';
import { DataTable } from '../../ui/data-table.tsx';
import { Page, Section } from '../../ui/page.tsx';
import { useAddress } from '../../ui/use-search.ts';
import { useSorting } from '../../ui/use-sorting.ts';
import { NamespaceBars } from './bars.tsx';
import { changeColumns, namespaceColumns, type ScopeRow, type SizeRow, scopeColumns, sizeColumns } from './columns.tsx';
import classes from './fan-out.module.css';
import { ProjectionLines } from './lines.tsx';
import { fanOutQuery } from './queries.ts';
import {
  amount,
  type Measure,
  measureOf,
  measures,
  measureWords,
  meshWords,
  projectionLines,
  scopeWords,
} from './words.ts';

const typing = 'input:not([type=checkbox]), textarea, select, [contenteditable=true]';

/** Calls back when `t` is pressed outside of fields and dialogs. */
function useTableKey(onPress: () => void): void {
  const pressed = useEffectEvent((event: KeyboardEvent): void => {
    const { key, ctrlKey, metaKey, altKey, target, defaultPrevented } = event;
    if (key !== 't' || ctrlKey || metaKey || altKey || defaultPrevented) return;
    if (document.querySelector('dialog[open]') !== null) return;
    if (target instanceof Element && target.closest(typing) !== null) return;
    onPress();
    event.preventDefault();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => pressed(event);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}

function scopeRows({ scopings }: FanOut): ScopeRow[] {
  return scopings.map((one) => ({
    ...one,
    unscoped: scopings.find(({ mesh, scope }) => mesh === one.mesh && scope === 'none')?.total ?? 0,
  }));
}

function sizeRows(fanOut: FanOut, measure: Measure): SizeRow[] {
  const lines = projectionLines(fanOut);
  return (lines[0]?.scoping.projection ?? []).map(({ services, proxies }, index) => ({
    services,
    proxies,
    values: lines.map(({ scoping }) => scoping.projection[index]?.load[measure] ?? 0),
  }));
}

/** What each proxy holds and whom a change reaches, in Istio and then in Kong Mesh. */
export function FanOutPage() {
  const { id } = useParams({ from: '/migrations/$id' });
  const [{ data: migration }, { data: fanOut }] = useSuspenseQueries({
    queries: [migrationQuery(id), fanOutQuery(id)],
  });
  const [search, change] = useAddress();
  const navigate = useNavigate();
  const measure = measureOf(search.measure);
  const isTable = search.as === 'table';
  const toggle = (): void => change({ as: isTable ? undefined : 'table' });
  useTableKey(toggle);
  const scopes = useMemo(() => scopeRows(fanOut), [fanOut]);
  const sizes = useMemo(() => sizeRows(fanOut, measure), [fanOut, measure]);
  const ofSizes = useMemo(
    () =>
      sizeColumns(
        projectionLines(fanOut).map(({ label }) => label),
        (value) => amount(measure, value),
      ),
    [fanOut, measure],
  );
  const sorting = useSorting();
  return (
    <Page
      title="Fan-out"
      of={migration.name}
      answer={fanOut.sentence}
      actions={
        <Button variant="default" size="compact-md" aria-keyshortcuts="t" onClick={toggle}>
          {isTable ? 'Show as charts' : 'Show as tables'}
          <span className={classes.key} aria-hidden="true">
            t
          </span>
        </Button>
      }
    >
      <Chips legend="What of a proxy is shown">
        {measures.map((one) => (
          <Chip
            key={one}
            isPressed={measure === one}
            onPress={() => change({ measure: one === 'bytes' ? undefined : one })}
          >
            {measureWords[one]}
          </Chip>
        ))}
      </Chips>
      <Section
        title="By namespace"
        note="What the largest proxy of each namespace holds, in Istio as it is written and in Kong Mesh once everything is applied."
      >
        {isTable ? (
          <DataTable
            label="Fan-out by namespace"
            columns={namespaceColumns}
            rows={fanOut.namespaces}
            rowId={({ namespace }) => namespace}
            {...sorting('namespaces', namespaceColumns)}
            onOpen={({ namespace }) =>
              void navigate({ to: '/migrations/$id/services', params: { id }, search: { namespace } })
            }
            empty="The snapshot holds no service."
          />
        ) : (
          <NamespaceBars namespaces={fanOut.namespaces} measure={measure} />
        )}
      </Section>
      {fanOut.services > 0 && (
        <Section
          title="For 10 to 10,000 services"
          note={`A projection: the same estate with more namespaces of the same size, and the mean of its proxies.${isTable ? '' : ' Dashed lines know their own namespace only.'}`}
        >
          {isTable ? (
            <DataTable
              label="Projection"
              columns={ofSizes}
              rows={sizes}
              rowId={({ services }) => String(services)}
              {...sorting('sizes', ofSizes)}
              empty="There is nothing to project."
            />
          ) : (
            <ProjectionLines fanOut={fanOut} measure={measure} />
          )}
        </Section>
      )}
      <Section
        title="What scoping saves"
        note="The mean proxy and all proxies together under four ways of limiting what proxies know; saved against no limit at all. Discovery selectors save what the services of the namespaces without proxies cost."
      >
        <DataTable
          label="What scoping saves"
          columns={scopeColumns}
          rows={scopes}
          rowId={(row) => `${meshWords[row.mesh]}, ${scopeWords(row)}`}
          {...sorting('scopes', scopeColumns)}
          empty="Nothing is known."
        />
      </Section>
      <Section
        title="Whom a change reaches"
        note={`Proxies that something is sent to when one service changes, in the mean and at most, and what each of them gets. Kong Mesh ${fanOut.version} makes every proxy's configuration anew and sends what differs.`}
      >
        <DataTable
          label="Whom a change reaches"
          columns={changeColumns}
          rows={fanOut.changes}
          rowId={(row) => `${meshWords[row.mesh]}, ${row.change}`}
          {...sorting('changes', changeColumns)}
          empty="Nothing is known."
        />
      </Section>
      <Section title="What the numbers rest on">
        <ul className={classes.assumptions}>
          {fanOut.assumptions.map((assumption) => (
            <li key={assumption}>{assumption}</li>
          ))}
        </ul>
        <dl className={classes.formulas}>
          {fanOut.formulas.map(({ mesh, of, formula }) => (
            <div key={`${mesh} ${of}`} style={{ display: 'contents' }}>
              <dt>{`${meshWords[mesh]}: ${of.toLowerCase()}`}</dt>
              <dd>{formula}</dd>
            </div>
          ))}
        </dl>
      </Section>
    </Page>
  );
}
