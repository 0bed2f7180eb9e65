import { join } from 'node:path';

/** The file of the store in a data folder. */
export const storePath = (directory: string): string => join(directory, 'store.sqlite');
