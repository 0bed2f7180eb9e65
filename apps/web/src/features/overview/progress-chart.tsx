import type { Progress } from '@isthmus/contract';
import { whole } from '../../text/format.ts';
import classes from './progress.module.css';
import { apart, lineOf, reached, stages } from './progress.ts';

const [width, height] = [720, 200];
const plot = { left: 8, right: 168, top: 12, bottom: 24 } as const;
const lineHeight = 16;

const dayWords = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' });
const inWords = (day: string): string => dayWords.format(new Date(`${day}T00:00:00Z`));

/** How many services reached each stage, day by day, labelled at the lines' ends; the table behind it says the same. */
export function ProgressChart({ progress }: { progress: Progress }) {
  const { services, days } = progress;
  const last = days.at(-1)?.phases ?? {};
  const across = width - plot.left - plot.right;
  const up = height - plot.top - plot.bottom;
  const toX = (x: number): number => plot.left + x * across;
  const toY = (y: number): number => height - plot.bottom - y * up;
  const ends = [...stages.map((stage) => (services === 0 ? 0 : reached(last, stage) / services)), 1];
  const labels = apart(
    ends.map((end) => end * up),
    lineHeight,
  );
  const labelAt = (index: number): number => height - plot.bottom - (labels[index] ?? 0) + 4;
  const description = stages.map((stage) => `${whole(reached(last, stage))} ${stage.label}`).join(', ');
  return (
    <svg
      className={classes.chart}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`Progress by day. Of ${whole(services)} services: ${description}.`}
    >
      <line className={classes.total} x1={toX(0)} x2={toX(1)} y1={toY(1)} y2={toY(1)} />
      <line className={classes.axis} x1={toX(0)} x2={toX(1)} y1={toY(0)} y2={toY(0)} />
      {stages.map((stage) => (
        <polyline
          key={stage.id}
          className={classes[stage.id]}
          points={lineOf(progress, stage)
            .map(({ x, y }) => `${toX(x)},${toY(y)}`)
            .join(' ')}
        />
      ))}
      {stages.map((stage, index) => (
        <text
          key={stage.id}
          className={stage.id === 'moved' ? classes.strongLabel : classes.label}
          x={toX(1) + 8}
          y={labelAt(index)}
        >
          {whole(reached(last, stage))} {stage.label}
        </text>
      ))}
      <text className={classes.label} x={toX(1) + 8} y={labelAt(stages.length)}>
        {whole(services)} services
      </text>
      <text className={classes.label} x={toX(0)} y={height - 6}>
        {inWords(days[0]?.day ?? '')}
      </text>
      {days.length > 1 && (
        <text className={classes.label} x={toX(1)} y={height - 6} textAnchor="end">
          {inWords(days.at(-1)?.day ?? '')}
        </text>
      )}
    </svg>
  );
}
