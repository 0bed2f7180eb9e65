import type { ReactNode } from 'react';
import { whole } from '../text/format.ts';
import { Chips, Chip as ToggleChip } from './chip.tsx';
import classes from './filters.module.css';
import { setOf, toggled, useAddress, useLooseSearch } from './use-search.ts';

/** The row of filters above a table; all of them stand in the address. */
export function Filters({ children, summary }: { children: ReactNode; summary: ReactNode }) {
  return (
    <div className={classes.filters}>
      <search className={classes.row}>{children}</search>
      <p className={classes.summary} role="status">
        {summary}
      </p>
    </div>
  );
}

/** A filter by text, `q` in the address. */
export function TextFilter({ label }: { label: string }) {
  const [text, setText] = useLooseSearch('q');
  return (
    <input
      type="search"
      className={classes.text}
      aria-label={label}
      placeholder={`${label}  /`}
      spellCheck={false}
      value={text}
      onChange={({ target }) => setText(target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && text !== '') {
          setText('');
          event.preventDefault();
        }
      }}
    />
  );
}

export interface Chip {
  readonly value: string;
  readonly label: ReactNode;
  readonly count?: number;
}

/** Values of which any number can be chosen. */
export function ChipFilter({ name, label, chips }: { name: string; label: string; chips: readonly Chip[] }) {
  const [search, change] = useAddress();
  const chosen = setOf(search[name]);
  return (
    <Chips legend={label}>
      {chips.map(({ value, label: text, count }) => (
        <ToggleChip
          key={value}
          isPressed={chosen.has(value)}
          onPress={() => change({ [name]: toggled(chosen, value) })}
        >
          {text}
          {count !== undefined && <span className={classes.count}>{whole(count)}</span>}
        </ToggleChip>
      ))}
    </Chips>
  );
}

/** One of many values. */
export function SelectFilter(props: {
  name: string;
  label: string;
  options: readonly string[];
  /** What the values are called; themselves where absent. */
  words?: Readonly<Record<string, string>>;
  /** What it says where nothing is chosen. */
  none?: string;
}) {
  const { name, label, options, words = {}, none = `${label}: all` } = props;
  const [search, change] = useAddress();
  const value = search[name] ?? '';
  return (
    <select
      className={classes.select}
      aria-label={label}
      value={value}
      onChange={({ target }) => change({ [name]: target.value === '' ? undefined : target.value })}
    >
      <option value="">{none}</option>
      {value !== '' && !options.includes(value) && <option value={value}>{value}</option>}
      {options.map((option) => (
        <option key={option} value={option}>
          {words[option] ?? option}
        </option>
      ))}
    </select>
  );
}

/** Takes all filters back. */
export function ClearFilters({ names, label = 'Show all' }: { names: readonly string[]; label?: string }) {
  const [search, change] = useAddress();
  if (names.every((name) => search[name] === undefined)) return null;
  return (
    <button
      type="button"
      className={classes.clear}
      onClick={() => change(Object.fromEntries(names.map((name) => [name, undefined])))}
    >
      {label}
    </button>
  );
}
