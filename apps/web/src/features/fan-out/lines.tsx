import type { FanOut } from '@isthmus/contract';
import { useId } from 'react';
import { whole } from '../../text/format.ts';
import { between, logarithmic, spread, ticksTo } from './chart.ts';
import classes from './fan-out.module.css';
import { leastWidth, useWidth } from './use-width.ts';
import { amount, type Measure, measureWords, projectionLines } from './words.ts';

const height = 320;
const top = 12;
const bottom = height - 44;
const left = 72;
/** Room for what the lines are called. */
const right = 256;
const range = [10, 10_000] as const;
/** Of the line between two sizes, which is bent by the axis. */
const steps = 8;
const decades = [10, 100, 1000, 10_000];

/** What a mean proxy would hold as the estate grows, each line named at its end. */
export function ProjectionLines({ fanOut, measure }: { fanOut: FanOut; measure: Measure }) {
  const [figure, room] = useWidth<HTMLElement>();
  const width = Math.max(leastWidth, room);
  const title = useId();
  const lines = projectionLines(fanOut);
  const last = (index: number): number => lines[index]?.scoping.projection.at(-1)?.load[measure] ?? 0;
  const ticks = ticksTo(Math.max(0, ...lines.map((_, index) => last(index))));
  const most = ticks.at(-1) as number;
  const end = width - right;
  const x = (services: number): number => left + logarithmic(services, range) * (end - left);
  const y = (value: number): number => bottom - (value / most) * (bottom - top);
  const labels = spread(
    lines.map((_, index) => y(last(index))),
    17,
    [top + 4, bottom - 2],
  );
  const now = fanOut.services;
  return (
    <figure
      ref={figure}
      className={classes.chart}
      aria-label="Projection, chart"
      // Scrolls with the arrows where it is wider than its place.
      tabIndex={room < width ? 0 : undefined}
    >
      {room > 0 && (
        <svg width={width} height={height} role="img" aria-labelledby={title}>
          <title id={title}>
            {`${measureWords[measure]} of the mean proxy for 10 to 10,000 services; at 10,000: ${lines
              .map(({ label }, index) => `${label} ${amount(measure, last(index))}`)
              .join(', ')}`}
          </title>
          {ticks.map((tick) => (
            <g key={tick}>
              <line className={classes.gridline} x1={left} x2={end} y1={y(tick)} y2={y(tick)} />
              <text className={classes.tick} x={left - 8} y={y(tick) + 4} textAnchor="end">
                {amount(measure, tick)}
              </text>
            </g>
          ))}
          {decades.map((services) => (
            <text key={services} className={classes.tick} x={x(services)} y={bottom + 18} textAnchor="middle">
              {whole(services)}
            </text>
          ))}
          <text className={classes.tick} x={(left + end) / 2} y={height - 6} textAnchor="middle">
            Services (logarithmic)
          </text>
          {now > range[0] && now < range[1] && (
            <g>
              <line className={classes.now} x1={x(now)} x2={x(now)} y1={top} y2={bottom} />
              <text className={classes.tick} x={x(now) + 6} y={top + 8}>
                {`today, ${whole(now)}`}
              </text>
            </g>
          )}
          {lines.map(({ scoping, label, isDashed }, index) => {
            const points = between(
              scoping.projection.map(({ services, load }) => [services, load[measure]] as const),
              steps,
            ).map(([services, value]) => `${x(services).toFixed(1)},${y(value).toFixed(1)}`);
            const at = labels[index] as number;
            return (
              <g key={label} className={classes[scoping.mesh]}>
                <polyline className={classes.line} data-dashed={isDashed || undefined} points={points.join(' ')} />
                <line className={classes.leader} x1={end} x2={end + 10} y1={y(last(index))} y2={at - 4} />
                <text className={classes.value} x={end + 14} y={at}>
                  {label}
                  <tspan className={classes.worth}>{` ${amount(measure, last(index))}`}</tspan>
                </text>
              </g>
            );
          })}
        </svg>
      )}
    </figure>
  );
}
