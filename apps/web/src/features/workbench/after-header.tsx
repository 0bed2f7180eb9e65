import type { Workbench } from '@isthmus/contract';
import { NativeSelect } from '@mantine/core';
import { type KeyboardEvent, memo, useEffect, useRef } from 'react';
import classes from './bench.module.css';
import { countByTab } from './decorations.ts';
import type { LinkedField } from './links.ts';
import { nameOf } from './source-text.ts';

export interface AfterHeaderProps {
  readonly workbench: Workbench;
  /** Version of Kong Mesh. */
  readonly target: string;
  readonly tab: number;
  readonly selected: readonly LinkedField[];
  readonly hovered: readonly LinkedField[];
  readonly onTab: (tab: number) => void;
}

/** With more tabs than this a list helps to find one. */
const manyTabs = 2;

const roles = { resource: '', draft: 'draft', patch: 'patch' } as const;

const notes = {
  resource: '',
  draft: 'Draft, for a person to finish; not applied',
  patch: 'Patch of an object that you have',
} as const;

/** Said where the bundle holds something else than what is shown. */
const noteOfForm = ({ form }: Workbench['after'][number]): string =>
  form === 'universal' ? 'shown as an object of Kubernetes; the bundle has it in Universal form, for kumactl' : '';

/** Names the right pane; a tab for each emitted resource, and what the open one is. */
export const AfterHeader = memo(function AfterHeader(props: AfterHeaderProps) {
  const { workbench, target, tab, selected, hovered, onTab } = props;
  const { after } = workbench;
  const open = after[tab];
  const linked = countByTab(selected);
  const passed = countByTab(hovered);
  const strip = useRef<HTMLDivElement>(null);
  useEffect(() => {
    strip.current?.children[tab]?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [tab]);
  // Where there are more tabs than fit, the strip fades out on that side.
  // biome-ignore lint/correctness/useExhaustiveDependencies: other tabs have another width
  useEffect(() => {
    const element = strip.current;
    if (element === null) return;
    const mark = (): void => {
      const { scrollLeft, clientWidth, scrollWidth } = element;
      element.toggleAttribute('data-more-before', scrollLeft > 1);
      element.toggleAttribute('data-more-behind', scrollLeft + clientWidth < scrollWidth - 1);
    };
    const resized = new ResizeObserver(mark);
    resized.observe(element);
    element.addEventListener('scroll', mark, { passive: true });
    mark();
    return () => {
      resized.disconnect();
      element.removeEventListener('scroll', mark);
    };
  }, [after]);
  const move = (event: KeyboardEvent): void => {
    const last = after.length - 1;
    const next = { ArrowLeft: tab === 0 ? last : tab - 1, ArrowRight: tab === last ? 0 : tab + 1, Home: 0, End: last }[
      event.key
    ];
    if (next === undefined) return;
    event.preventDefault();
    onTab(next);
    (strip.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  return (
    <header className={classes.paneHeader}>
      <div className={classes.paneTitle}>
        <h2 className={classes.target}>
          After <span>· Kong Mesh {target}</span>
        </h2>
        <p className={classes.paneNote}>
          {open === undefined
            ? 'Nothing is emitted'
            : [notes[open.role], open.file, noteOfForm(open)].filter((part) => part !== '').join(' · ')}
        </p>
        {after.length > manyTabs && (
          <NativeSelect
            size="xs"
            className={classes.allTabs}
            aria-label="Go to emitted resource"
            value={String(tab)}
            data={after.map(({ resource, role }, at) => ({
              value: String(at),
              label: `${linked.has(at) ? '● ' : ''}${at + 1} of ${after.length} · ${nameOf(resource)}${roles[role] === '' ? '' : ` (${roles[role]})`}`,
            }))}
            onChange={({ currentTarget }) => onTab(Number(currentTarget.value))}
          />
        )}
      </div>
      <div className={classes.paneTools}>
        {after.length > 0 && (
          <div ref={strip} className={classes.tabs} role="tablist" aria-label="Emitted resources" onKeyDown={move}>
            {after.map(({ index, resource, role, override }, at) => (
              <button
                key={index}
                type="button"
                role="tab"
                className={classes.tab}
                aria-selected={at === tab}
                aria-controls={at === tab ? 'workbench-after' : undefined}
                tabIndex={at === tab ? 0 : -1}
                title={nameOf(resource)}
                onClick={() => onTab(at)}
              >
                {(linked.has(at) || passed.has(at)) && (
                  <span className={linked.has(at) ? classes.linked : classes.passed} />
                )}
                {resource.kind} <span className="muted">{resource.name}</span>
                {roles[role] !== '' && <span className={classes.role}>{roles[role]}</span>}
                {override !== undefined && (
                  <span className={classes.role}>
                    {override.override.state === 'applied' ? 'override' : `override: ${override.override.state}`}
                  </span>
                )}
                {linked.has(at) && <span className="unseen">, holds a counterpart of the field at the cursor</span>}
              </button>
            ))}
          </div>
        )}
      </div>
    </header>
  );
});
