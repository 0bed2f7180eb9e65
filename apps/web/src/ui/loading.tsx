import classes from './loading.module.css';

/** The shape of what comes, while it comes. */
export function Loading({ what = 'the page' }: { what?: string }) {
  return (
    <div className={classes.loading} role="status">
      <h1 className="unseen">Loading {what} …</h1>
      <div className={classes.title} />
      <div className={classes.sentence} />
      {Array.from({ length: 8 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows have no identity
        <div key={row} className={classes.row} />
      ))}
    </div>
  );
}
