import type { Decision, Request, Rule } from '@isthmus/behavior';

/** What a difference is about: where requests go and what they look like, or how long and how often they are tried. */
export type Aspect = 'routing' | 'resilience';

/** One thing that two decisions do differently; texts are for people. */
export interface Difference {
  readonly aspect: Aspect;
  readonly what:
    | 'kind'
    | 'destinations'
    | 'path'
    | 'authority'
    | 'request headers'
    | 'response headers'
    | 'redirect'
    | 'response'
    | 'mirrors'
    | 'timeout'
    | 'idle timeout'
    | 'retries'
    | 'cors'
    | 'fault'
    | 'rate limit'
    | 'hash'
    | 'connections';
  readonly before: string;
  readonly after: string;
}

/** What one mesh does with a request, and the rule that says so; none where the mesh does it by itself. */
export interface Decided {
  readonly decision: Decision;
  readonly rule?: Rule;
}

/** A request that two meshes treat differently. */
export interface Counterexample {
  /** Neither mesh reads the requests of the port: it is the connection that goes another way. */
  readonly isConnection?: true;
  readonly request: Request;
  readonly before: Decided;
  readonly after: Decided;
  readonly differences: readonly Difference[];
}

/** `same`: for every request, but for what it says that no verdict is about; `differs`: for this one; `undecided`: the comparison cannot tell, for this reason. */
export type Verdict =
  | { readonly verdict: 'same'; readonly but?: string }
  | { readonly verdict: 'differs'; readonly counterexample: Counterexample }
  | { readonly verdict: 'undecided'; readonly reason: string };
