import classes from './loading.module.css';

/** The shape of what comes, while it comes: a whole page, or a part `within` one that has its heading already. */
export function Loading({ what = 'the page', within = false }: { what?: string; within?: boolean }) {
  const Name = within ? 'p' : 'h1';
  return (
    <div className={classes.loading} role="status">
      <Name className="unseen">Loading {what} …</Name>
      <div className={classes.title} />
      <div className={classes.sentence} />
      {Array.from({ length: 8 }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows have no identity
        <div key={row} className={classes.row} />
      ))}
    </div>
  );
}
