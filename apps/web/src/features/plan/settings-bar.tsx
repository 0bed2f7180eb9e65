import { ClearFilters } from '../../ui/filters.tsx';
import { useAddress, useLooseSearch } from '../../ui/use-search.ts';
import { confidences, planNames } from './address.ts';
import classes from './page.module.css';

const confidenceWords: Readonly<Record<(typeof confidences)[number], string>> = {
  '0.6': 'Likely calls',
  '0.9': 'Calls with strong evidence',
  '1': 'Observed calls only',
  '0': 'All evidence, weak too',
};

/** What the plan has to keep to; all of it stands in the address. */
export function SettingsBar() {
  const [search, change] = useAddress();
  const [most, setMost] = useLooseSearch('most');
  return (
    <fieldset className={classes.settings}>
      <legend className="unseen">What the plan has to keep to</legend>
      <label>
        Order
        <select
          value={search.order === 'callers-first' ? 'callers-first' : ''}
          onChange={({ target }) => change({ order: target.value === '' ? undefined : target.value })}
        >
          <option value="">callees before callers</option>
          <option value="callers-first">callers before callees</option>
        </select>
      </label>
      <label>
        Services per wave
        <input
          type="number"
          min={1}
          max={99_999}
          step={1}
          placeholder="any"
          value={most}
          onChange={({ target }) => setMost(target.value)}
        />
      </label>
      <label>
        Ordered by
        <select
          value={confidences.find((one) => one === search.confidence) ?? confidences[0]}
          onChange={({ target }) => change({ confidence: target.value === confidences[0] ? undefined : target.value })}
        >
          {confidences.map((one) => (
            <option key={one} value={one}>
              {confidenceWords[one]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <input
          type="checkbox"
          checked={search.namespaces === 'one'}
          onChange={({ target }) => change({ namespaces: target.checked ? 'one' : undefined })}
        />
        One namespace at a time
      </label>
      <ClearFilters names={planNames} label="As first planned" />
    </fieldset>
  );
}
