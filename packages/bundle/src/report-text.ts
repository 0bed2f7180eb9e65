import type { Report } from './report.ts';

// Long enough that writing costs little for each piece, short enough that no piece weighs on memory.
const chunkLength = 64 * 1024;

/**
 * The report as JSON in pieces, for files: the report of a large estate is tens of megabytes. Each entry of a list stands
 * on a line of its own, which tools for lines and differences can work with.
 */
export function* reportChunks(report: Report): Generator<string, void, undefined> {
  let chunk = '{';
  let separator = '\n';
  for (const [key, value] of Object.entries(report)) {
    if (value === undefined) continue;
    chunk += `${separator}  ${JSON.stringify(key)}: `;
    separator = ',\n';
    if (!Array.isArray(value) || value.length === 0) {
      chunk += JSON.stringify(value);
      continue;
    }
    let lead = '[\n    ';
    for (const item of value) {
      chunk += lead + JSON.stringify(item);
      lead = ',\n    ';
      if (chunk.length < chunkLength) continue;
      yield chunk;
      chunk = '';
    }
    chunk += '\n  ]';
  }
  yield `${chunk}\n}\n`;
}

/** The report as JSON in one text; see `reportChunks`. */
export const reportText = (report: Report): string => [...reportChunks(report)].join('');
