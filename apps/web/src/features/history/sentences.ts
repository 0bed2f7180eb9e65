import type { HistoryEntry } from '@isthmus/contract';

const quoted = (text: string): string => (text === '' ? 'nothing' : `“${text}”`);

const shown = (value: unknown): string =>
  value === null ? 'none' : typeof value === 'object' ? JSON.stringify(value) : String(value);

/** The parts of two sets of settings that differ, as "target: 2.14 → 3.0". */
function settingsChange(before: string | null, after: string | null): string | undefined {
  try {
    const old = JSON.parse(before ?? '{}') as Record<string, unknown>;
    const now = JSON.parse(after ?? '{}') as Record<string, unknown>;
    // A setting that came with a later version was not changed by anybody.
    const changed = Object.keys(old).filter((name) => JSON.stringify(old[name]) !== JSON.stringify(now[name]));
    return changed.map((name) => `${name}: ${shown(old[name])} → ${shown(now[name])}`).join(', ');
  } catch {
    return undefined;
  }
}

/** An entry of the history in one line. Text by people stays text. */
export function sentenceOf({ field, before, after }: Pick<HistoryEntry, 'field' | 'before' | 'after'>): string {
  if (field.startsWith('ISTHMUS-'))
    return after === null
      ? `took back the acceptance of ${field}: ${quoted(before ?? '')}`
      : `accepted ${field}: ${quoted(after)}`;
  switch (field) {
    case 'created':
      return `created as ${quoted(after ?? '')}`;
    case 'imported':
      return `imported: ${after ?? ''}`;
    case 'archived':
      return after === 'true' ? 'archived' : 'brought back from the archive';
    case 'settings': {
      const change = settingsChange(before, after);
      return change === undefined || change === '' ? 'settings changed' : `settings: ${change}`;
    }
    case 'override':
      return `entered the phase although its gate was shut: ${quoted(after ?? '')}`;
    case 'plan': {
      const change = settingsChange(before, after);
      return change === undefined || change === '' ? 'plan changed' : `plan: ${change}`;
    }
    case 'approval':
      return after === null ? 'took the approval back' : `approved: ${after}`;
    case 'share':
      return `share in Kong Mesh: ${before} → ${after}`;
    case 'phase':
      return before === null ? `phase: ${after}` : `phase: ${before} → ${after}`;
    default:
      return before === null || before === ''
        ? `${field}: ${quoted(after ?? '')}`
        : `${field}: ${quoted(before)} → ${quoted(after ?? '')}`;
  }
}
