import type { HashPolicy, HeaderChanges, Retries } from '@isthmus/behavior';
import type { Code } from '@isthmus/diagnostics';
import type { ServiceName } from '@isthmus/istio';
import type { Field } from '../../field.ts';

/** A Service with its part of the requests. */
export interface Backend {
  readonly service: ServiceName;
  /** A MeshExternalService instead of a MeshService. */
  readonly external?: true;
  readonly port: number;
  /** Its name, where the Service has several. */
  readonly section?: string;
  readonly weight: number;
  /** Where the destination and its weight were written. */
  readonly from: readonly Field[];
}

/** How long and how often requests are tried, and what the choice of an endpoint depends on. */
export interface RouteSettings {
  /** Milliseconds; 0: no limit. */
  readonly timeout: number;
  readonly retries: Retries | undefined;
  readonly hash: readonly HashPolicy[];
  /** Where these were written; they decide nothing. */
  readonly from: readonly Field[];
}

/** A new path as Kong Mesh writes it. */
export interface PathFilter {
  readonly type: 'ReplaceFullPath' | 'ReplacePrefixMatch';
  readonly value: string;
}

/** A copy of some requests, in percent. */
export interface MirrorTo {
  readonly backend: Backend;
  readonly percentage: number;
}

/** What becomes of the requests of a step. */
export type Action =
  | {
      readonly kind: 'forward';
      /** None: the destination that was dialled. */
      readonly backends: readonly Backend[];
      readonly hostname?: string;
      readonly path?: PathFilter;
      readonly requestHeaders: HeaderChanges;
      readonly responseHeaders: HeaderChanges;
      readonly mirrors: readonly MirrorTo[];
      readonly settings: RouteSettings;
      readonly from: readonly Field[];
    }
  | {
      readonly kind: 'redirect';
      readonly status: number;
      readonly scheme?: string;
      readonly hostname?: string;
      readonly port?: number;
      readonly path?: PathFilter;
      readonly responseHeaders: HeaderChanges;
      readonly from: readonly Field[];
    }
  /** The proxy has nobody to send it to (503): what the rule says cannot be expressed, and no other rule may take the requests. */
  | { readonly kind: 'refuse'; readonly cause: Code }
  /** No rule takes it: Istio answers 404. */
  | { readonly kind: 'unmatched' };
