import type { NamespaceFanOut } from '@isthmus/contract';
import { useId } from 'react';
import { count } from '../../text/format.ts';
import { ticksTo } from './chart.ts';
import classes from './fan-out.module.css';
import { leastWidth, useWidth } from './use-width.ts';
import { amount, type Measure, measureWords, meshWords } from './words.ts';

const meshes = ['istio', 'kong'] as const;
const rowHeight = 48;
const barHeight = 14;
const labelWidth = 148;
/** Room behind the longest bar for its number. */
const numberWidth = 132;
const axisHeight = 24;

/** The namespaces with the most, and how many are left out. */
const mostRows = 12;

/** What the largest proxy of each namespace holds in both meshes, as bars with their numbers. */
export function NamespaceBars({ namespaces, measure }: { namespaces: readonly NamespaceFanOut[]; measure: Measure }) {
  const [figure, room] = useWidth<HTMLElement>();
  const width = Math.max(leastWidth, room);
  const title = useId();
  const inhabited = namespaces
    .filter(({ istio, kong }) => istio !== undefined && kong !== undefined)
    .toSorted(
      (a, b) =>
        Math.max(b.istio?.[measure] ?? 0, b.kong?.[measure] ?? 0) -
        Math.max(a.istio?.[measure] ?? 0, a.kong?.[measure] ?? 0),
    );
  const rows = inhabited.slice(0, mostRows);
  const ticks = ticksTo(
    Math.max(0, ...rows.flatMap(({ istio, kong }) => [istio?.[measure] ?? 0, kong?.[measure] ?? 0])),
  );
  const most = ticks.at(-1) as number;
  const length = width - labelWidth - numberWidth;
  const x = (value: number): number => labelWidth + (value / most) * length;
  const height = rows.length * rowHeight + axisHeight;
  if (rows.length === 0) return <p className="muted">No namespace has proxies.</p>;
  return (
    <figure
      ref={figure}
      className={classes.chart}
      aria-label="Fan-out by namespace, chart"
      // Scrolls with the arrows where it is wider than its place.
      tabIndex={room < width ? 0 : undefined}
    >
      {room > 0 && (
        <svg width={width} height={height} role="img" aria-labelledby={title}>
          <title id={title}>
            {`${measureWords[measure]} of the largest proxy of ${count(rows.length, 'namespace')}: ${rows
              .map(
                ({ namespace, istio, kong }) =>
                  `${namespace} ${amount(measure, istio?.[measure] ?? 0)} in Istio and ${amount(measure, kong?.[measure] ?? 0)} in Kong Mesh`,
              )
              .join(', ')}`}
          </title>
          {ticks.map((tick) => (
            <g key={tick}>
              <line className={classes.gridline} x1={x(tick)} x2={x(tick)} y1={0} y2={height - axisHeight} />
              <text className={classes.tick} x={x(tick)} y={height - 6} textAnchor="middle">
                {amount(measure, tick)}
              </text>
            </g>
          ))}
          {rows.map((row, index) => (
            <g key={row.namespace} transform={`translate(0 ${index * rowHeight})`}>
              <text className={classes.name} x={0} y={rowHeight / 2 + 4}>
                {row.namespace.length > 19 ? `${row.namespace.slice(0, 18)}…` : row.namespace}
              </text>
              {meshes.map((mesh, number) => {
                const value = row[mesh]?.[measure] ?? 0;
                const top = rowHeight / 2 - barHeight - 1 + number * (barHeight + 2);
                return (
                  <g key={mesh} className={classes[mesh]}>
                    <rect
                      className={classes.bar}
                      x={x(0)}
                      y={top}
                      width={Math.max(1, x(value) - x(0))}
                      height={barHeight}
                      rx={2}
                    />
                    <text className={classes.value} x={x(value) + 6} y={top + barHeight - 3}>
                      {amount(measure, value)}
                      {index === 0 ? ` · ${meshWords[mesh]}` : ''}
                    </text>
                  </g>
                );
              })}
            </g>
          ))}
        </svg>
      )}
      {inhabited.length > rows.length && (
        <figcaption className="muted">{`The ${rows.length} with the most of ${inhabited.length} namespaces; the table has them all.`}</figcaption>
      )}
    </figure>
  );
}
