import type { Simulation, Workbench } from '@isthmus/contract';
import { useEffect, useEffectEvent, useMemo, useState } from 'react';
import type { CodeEditor } from '../../editor/code-pane.tsx';
import { reveal } from './across.ts';
import { ruleFinder, type TriedRule, triedRules } from './rules.ts';
import type { SourceText } from './source-text.ts';

interface Options {
  readonly workbench: Workbench;
  readonly source: SourceText;
  readonly before: CodeEditor | undefined;
  readonly after: CodeEditor | undefined;
  readonly tab: number;
  readonly onTab: (tab: number) => void;
}

const deciding = (tried: readonly TriedRule[], side: 'before' | 'after') =>
  tried.find(({ place, decides }) => decides && place.side === side)?.place;

/** The rules that a simulated request came to, in both panes; the one that decides is scrolled into view when it changes. */
export function useDecided({ workbench, source, before, after, tab, onTab }: Options) {
  const [simulation, setSimulation] = useState<Simulation>();
  const find = useMemo(() => ruleFinder(workbench, source), [workbench, source]);
  const tried = useMemo(() => triedRules(simulation, find), [simulation, find]);
  const here = deciding(tried, 'before');
  const there = deciding(tried, 'after');
  const document = there?.side === 'after' ? there.document : undefined;

  const show = useEffectEvent((document: number) => document !== tab && onTab(document));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another rule in the same document is shown too
  useEffect(() => {
    if (document !== undefined) show(document);
  }, [document, there?.line]);
  useEffect(() => {
    if (here !== undefined) reveal(before, [{ ...here, column: 1, endColumn: 1, keyColumn: 1 }]);
  }, [here, before]);
  const isOpen = document === tab;
  useEffect(() => {
    if (there !== undefined && isOpen) reveal(after, [{ ...there, column: 1, endColumn: 1, keyColumn: 1 }]);
  }, [there, isOpen, after]);

  return {
    setSimulation,
    find,
    tried,
    /** The deciding rules of both panes, where both are in sight. */
    decided: here !== undefined && there !== undefined && isOpen ? ([here, there] as const) : undefined,
  };
}
