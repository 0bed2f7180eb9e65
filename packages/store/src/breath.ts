/** Lets the event loop answer others in the middle of a long write. */
export const breath = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
