// Loaded before each file of unit tests. The same examples are drawn in every run, so that a change is judged by what it changes;
// `ISTHMUS_SEED=random npx vitest run FILE` draws others, and a failure prints its seed for `ISTHMUS_SEED=N`.
import fc from 'fast-check';

const wanted = process.env.ISTHMUS_SEED ?? '1';
if (wanted !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(wanted) });
