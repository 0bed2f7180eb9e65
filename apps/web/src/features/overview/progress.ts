import { type Progress, type ProgressGroup, phases } from '@isthmus/contract';
import { count, whole } from '../../text/format.ts';

type Counts = ProgressGroup['phases'];

/** How far services have come, in steps of which each holds the next: what a line of the chart counts. */
export const stages = [
  { id: 'reviewed', label: 'reviewed', phases: ['reviewed', 'bridged', 'shifting', 'migrated', 'retired'] },
  { id: 'bridged', label: 'bridged', phases: ['bridged', 'shifting', 'migrated', 'retired'] },
  { id: 'moved', label: 'on Kong Mesh', phases: ['migrated', 'retired'] },
] as const;
export type Stage = (typeof stages)[number];

export const reached = (counts: Counts, stage: Stage): number =>
  stage.phases.reduce((sum, phase) => sum + (counts[phase] ?? 0), 0);

/** Phases that some service is or was in, in their order. */
export const phasesIn = (all: readonly Counts[]): readonly string[] =>
  phases.filter((phase) => all.some((counts) => (counts[phase] ?? 0) > 0));

const dayLength = 24 * 60 * 60 * 1000;

/** Days as numbers, so that a chart keeps their distances. */
export const dayNumber = (day: string): number => Date.parse(`${day}T00:00:00Z`) / dayLength;

/** Where the services stand, with the denominator and since when. */
export function progressSentence({ services, days }: Progress): string {
  const last = days.at(-1);
  const first = days[0];
  if (services === 0 || last === undefined || first === undefined) return 'No service was found in this snapshot.';
  const [seen, , moved] = stages.map((stage) => reached(last.phases, stage));
  const span = dayNumber(last.day) - dayNumber(first.day);
  const since = span === 0 ? 'Since today' : `In ${count(span, 'day')}`;
  return `${since}, ${whole(seen ?? 0)} of ${count(services, 'service')} ${seen === 1 ? 'has' : 'have'} been reviewed, and ${whole(moved ?? 0)} ${moved === 1 ? 'is' : 'are'} on Kong Mesh.`;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The points of a stage's line, which goes in steps: a day's number holds from its day on. Both scales are from 0 to 1. */
export function lineOf({ services, days }: Progress, stage: Stage): readonly Point[] {
  const first = dayNumber(days[0]?.day ?? '');
  const span = Math.max(1, dayNumber(days.at(-1)?.day ?? '') - first);
  const points: Point[] = [];
  for (const { day, phases: counts } of days) {
    const x = (dayNumber(day) - first) / span;
    const y = services === 0 ? 0 : reached(counts, stage) / services;
    const before = points.at(-1);
    if (before !== undefined && before.y !== y) points.push({ x, y: before.y });
    points.push({ x, y });
  }
  // A single day is a line all the same.
  if (days.length === 1) points.push({ x: 1, y: points[0]?.y ?? 0 });
  return points;
}

/** Heights of labels at their lines' ends, moved apart so that none covers another. */
export function apart(heights: readonly number[], least: number): readonly number[] {
  const order = heights.map((_, index) => index).sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0));
  const placed: number[] = [...heights];
  for (let at = 1; at < order.length; at++) {
    const [below, own] = [order[at - 1] as number, order[at] as number];
    placed[own] = Math.max(placed[own] ?? 0, (placed[below] ?? 0) + least);
  }
  return placed;
}
