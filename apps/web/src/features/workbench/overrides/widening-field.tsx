import classes from './overrides.module.css';

/** Asks why an override may let through who was kept out; it blocks as long as nobody says. */
export function WideningField(props: { id: string; value: string; onChange: (value: string) => void }) {
  const { id, value, onChange } = props;
  return (
    <div className={classes.field}>
      <label htmlFor={id}>
        <strong>✕ This may let through who was kept out.</strong> Why is that meant? Without an answer it blocks.
      </label>
      <input
        id={id}
        value={value}
        maxLength={2000}
        autoComplete="off"
        onChange={({ target }) => onChange(target.value)}
      />
    </div>
  );
}
