import { readFileSync } from 'node:fs';
import { allCodes } from '@isthmus/diagnostics';
import { checks } from '@isthmus/preflight';
import { fieldCoverage } from '@isthmus/translation/coverage';
import { expect, test } from 'vitest';
import { textOf } from '../apps/web/src/features/guide/content/index.ts';
import { outline, sectionOf } from '../apps/web/src/features/guide/content/outline.ts';
import { pitfalls } from '../apps/web/src/features/guide/content/pitfalls.ts';
import { kindsByRow, statusRows } from '../apps/web/src/features/guide/content/status.ts';
import { tasks } from '../apps/web/src/features/guide/content/tasks.ts';

// The guide is data of the web app; what it names is kept in packages that the web app does not import.

const codes = allCodes.map(({ code }) => code);

test('every code has a section that explains it, and every beginning is that of a code', () => {
  expect(codes.filter((code) => sectionOf(code) === undefined)).toEqual([]);
  const used = outline.flatMap(({ explains }) => explains);
  expect(new Set(used).size).toBe(used.length);
  expect(used.filter((beginning) => !codes.some((code) => code.startsWith(`ISTHMUS-${beginning}`)))).toEqual([]);
  expect(sectionOf('ISTHMUS-AP-003')?.id).toBe('access');
  expect(sectionOf('ISTHMUS-AP-005')?.id).toBe('tokens');
  expect(sectionOf('anything')).toBeUndefined();
});

test('every section has an address of its own, a text and its sources', () => {
  expect(new Set(outline.map(({ id }) => id)).size).toBe(outline.length);
  for (const { id } of outline) {
    expect(id).toMatch(/^[a-z]+$/);
    // Fixed parts of the address.
    expect(['codes', 'coverage']).not.toContain(id);
    expect(textOf(id)?.parts.length, id).toBeGreaterThan(0);
    expect(textOf(id)?.sources.length, id).toBeGreaterThan(0);
  }
  expect(textOf('nothing')).toBeUndefined();
  expect(textOf('constructor')).toBeUndefined();
});

test('every check, code and section that a pitfall names exists', () => {
  const known = checks.map(({ id }) => id);
  expect(new Set(pitfalls.map(({ id }) => id)).size).toBe(pitfalls.length);
  for (const pitfall of pitfalls) {
    expect(
      pitfall.checks.filter((check) => !known.includes(check)),
      pitfall.id,
    ).toEqual([]);
    expect(
      pitfall.codes.filter((code) => !codes.includes(code)),
      pitfall.id,
    ).toEqual([]);
    expect(outline.map(({ id }) => id)).toContain(pitfall.section);
    expect(pitfall.checks.length + pitfall.codes.length, pitfall.id).toBeGreaterThan(0);
  }
});

test('numbers stand beside what was measured', () => {
  for (const { id } of outline)
    for (const part of textOf(id)?.parts ?? [])
      if (part.kind === 'figures') {
        expect(part.measured, id).toMatch(/istio 1\.32-dev.*kuma 2\.14/s);
        for (const row of part.rows) expect(row.length, id).toBe(part.columns.length);
      }
});

test('no text names a code that does not exist', () => {
  const texts = JSON.stringify([outline.map(({ id }) => textOf(id)), tasks, pitfalls]);
  const named = [...texts.matchAll(/ISTHMUS-[A-Z]+-\d{3}/g)].map(([code]) => code);
  expect(named.filter((code) => !codes.includes(code))).toEqual([]);
});

test('the mapping is read from docs/status.md, with every kind of the coverage in it', () => {
  const rows = statusRows(readFileSync(new URL('../docs/status.md', import.meta.url), 'utf8'));
  expect(rows.length).toBeGreaterThan(15);
  for (const { istio, kong, forms } of rows) for (const cell of [istio, kong, forms]) expect(cell).not.toBe('');
  const kinds = fieldCoverage().map(({ kind }) => kind);
  const byRow = kindsByRow(rows, kinds);
  expect(byRow.flat().sort()).toEqual([...kinds].sort());
  expect(byRow[rows.findIndex(({ istio }) => istio === 'AuthorizationPolicy')]).toEqual(['AuthorizationPolicy']);
  expect(statusRows('# No table\n\nText.')).toEqual([]);
});
