// What Chromium, Firefox and Safari say where a module could not be fetched, and Vite where its stylesheet could not.
const sayings =
  /dynamically imported module|Importing a module script failed|Unable to preload CSS|expected a JavaScript module script/i;

/** Whether a part of the app was not loaded: the server does not answer, or has parts of a newer version. */
export const isMissingPart = (error: unknown): boolean => error instanceof Error && sayings.test(error.message);
