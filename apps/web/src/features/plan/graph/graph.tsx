import { Button } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { count, whole } from '../../../text/format.ts';
import { useAddress } from '../../../ui/use-search.ts';
import { waveNumbers } from '../board.ts';
import { CallList } from '../call-item.tsx';
import { Detail } from '../detail.tsx';
import type { PlanState } from '../use-plan.ts';
import { Drawing } from './drawing.tsx';
import classes from './graph.module.css';
import { type Layout, layOut } from './layout.ts';
import { type Graph as Boxes, graphOf, groupingOf } from './model.ts';

type Laid =
  | { readonly name: 'laid'; readonly of: Boxes; readonly layout: Layout }
  | { readonly name: 'failed'; readonly of: Boxes; readonly reason: string };

/** Places boxes in ELK's worker; what was drawn before stays until then. */
function useLayout(boxes: Boxes): Laid | undefined {
  const [laid, setLaid] = useState<Laid>();
  useEffect(() => {
    let isWanted = true;
    layOut(boxes).then(
      (layout) => isWanted && setLaid({ name: 'laid', of: boxes, layout }),
      (error: unknown) =>
        isWanted &&
        setLaid({ name: 'failed', of: boxes, reason: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, [boxes]);
  return laid;
}

/** Who calls whom as a picture, on which side each service stands after a wave, and the evidence of what is chosen. */
export function Graph({ migration, state }: { migration: string; state: PlanState }) {
  const [search, change] = useAddress();
  const { plan, waves, settings } = state;
  const waveOf = useMemo(() => waveNumbers(waves), [waves]);
  const services = useMemo(() => [...waves.flat(), ...settings.excluded].sort(), [waves, settings.excluded]);
  const grouping = groupingOf(services.length, search.group);
  const withWeak = search.weak === 'shown';
  const calls = useMemo(() => (withWeak ? plan.calls : plan.calls.filter(({ counts }) => counts)), [plan, withWeak]);
  const open = grouping === 'none' ? undefined : search.open;
  const boxes = useMemo(
    () => graphOf({ services, calls, waveOf, grouping, open }),
    [services, calls, waveOf, grouping, open],
  );
  const laid = useLayout(boxes);
  const asked = Number(search.after ?? '0');
  const after = Number.isInteger(asked) ? Math.min(Math.max(asked, 0), waves.length) : 0;
  const region = useRef<HTMLElement>(null);
  const chosenEdge = laid?.of.edges.find(({ id }) => id === search.edge);
  const crossing = useMemo(() => {
    const isMoved = (id: string): boolean => (waveOf.get(id) ?? Number.POSITIVE_INFINITY) <= after;
    return calls.filter(({ from, to, counts }) => counts && isMoved(from) !== isMoved(to)).length;
  }, [calls, waveOf, after]);
  return (
    <div className={classes.graph}>
      <div className={classes.tools}>
        <label>
          After{' '}
          <select
            aria-label="The picture after wave"
            value={after}
            onChange={({ target }) => change({ after: target.value === '0' ? undefined : target.value })}
          >
            <option value={0}>nothing moved</option>
            {waves.map((_, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: waves are their numbers
              <option key={index} value={index + 1}>
                wave {index + 1}
              </option>
            ))}
          </select>
        </label>
        <label>
          Boxes{' '}
          <select
            aria-label="What the boxes are"
            value={grouping}
            onChange={({ target }) => change({ group: target.value, open: undefined, edge: undefined })}
          >
            <option value="none" disabled={groupingOf(services.length, undefined) !== 'none'}>
              services
            </option>
            <option value="namespace">namespaces</option>
            <option value="wave">waves</option>
          </select>
        </label>
        <label>
          <input
            type="checkbox"
            checked={withWeak}
            onChange={({ target }) => change({ weak: target.checked ? 'shown' : undefined })}
          />{' '}
          Calls with too little evidence too
        </label>
        {open !== undefined && (
          <Button size="compact-md" variant="default" onClick={() => change({ open: undefined, edge: undefined })}>
            All groups
          </Button>
        )}
        <span className="muted" role="status">
          {laid === undefined
            ? 'Laying out …'
            : `${count(boxes.nodes.length, 'box', 'boxes')}, ${count(boxes.edges.length, 'line')}; ${
                crossing === 0 ? 'no call crosses' : count(crossing, 'call crosses', 'calls cross')
              }`}
        </span>
      </div>
      {boxes.omitted > 0 && (
        <p className="muted">
          {whole(boxes.omitted)} services of {open} with the fewest calls are not drawn; the list of calls has all.
        </p>
      )}
      {boxes.thinned > 0 && (
        <p className="muted">
          The {whole(boxes.edges.length)} lines with the most calls are drawn; {whole(boxes.thinned)} more are in the
          list of calls.
        </p>
      )}
      {laid?.name === 'failed' && (
        <p role="alert">
          <strong>The graph could not be laid out.</strong> The list of calls says the same in words. ELK: {laid.reason}
        </p>
      )}
      {laid?.name === 'laid' && boxes.nodes.length === 0 && (
        <p className="muted">There is no service that moves, and so nothing to draw.</p>
      )}
      {laid?.name === 'laid' && boxes.nodes.length > 0 && (
        <Drawing
          // Another set of boxes is looked at from the start.
          key={`${grouping} ${open ?? ''}`}
          boxes={laid.of}
          layout={laid.layout}
          waveOf={waveOf}
          after={after}
          at={search.at}
          edge={search.edge}
          onAt={(at) => change({ at, edge: undefined })}
          onEdge={(edge) => change({ edge, at: undefined })}
          onOpen={(group) => change({ open: group, at: undefined, edge: undefined })}
          onClose={() => change({ open: undefined })}
          onDetails={() => region.current?.focus()}
          onTable={() => change({ view: 'calls', after: after === 0 ? undefined : String(after) })}
        />
      )}
      {chosenEdge !== undefined && (
        <section aria-label="Calls of the chosen line">
          <h2 className={classes.title}>
            {count(chosenEdge.calls.length, 'call')} from <span className="mono">{nameOf(chosenEdge.from)}</span> to{' '}
            <span className="mono">{nameOf(chosenEdge.to)}</span>
          </h2>
          <CallList migration={migration} label="Calls of the chosen line" calls={chosenEdge.calls} most={50} />
        </section>
      )}
      {search.at !== undefined && !search.at.startsWith('group:') && (
        <Detail migration={migration} state={state} service={search.at} region={region} />
      )}
    </div>
  );
}

const nameOf = (id: string): string => id.replace(/^group:/, '');
