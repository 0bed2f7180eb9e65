/**
 * Takes note of why a proxy will not take what it gets: admission lets some configurations in that Envoy refuses, or that
 * stop their generation, so that none of the listener's routes comes into effect (routing.md 2.3).
 */
export type Refuse = (reason: string) => void;
