import type { JsonObject, Violation } from '@isthmus/kubernetes';
import type { PolicyRole } from '../../admission/role.ts';
import type { TargetVersion } from '../../version.ts';

/**
 * A field that would be refused, and why, in the notation of the field ledger. `path` names the field as the control plane
 * does in its answer; some of its validators name a place that is not in the object, and `at` then holds the real one.
 */
export interface Refusal extends Violation {
  readonly at?: string;
}

/** Notes a refusal. */
export type Report = (path: string, message: string, at?: string) => void;

/** What a validator knows besides the spec. */
export interface Validation {
  readonly version: TargetVersion;
  /** `metadata.name`. */
  readonly name: string;
  /** As the defaulting webhook has computed it; `system` for what is no policy. */
  readonly role: PolicyRole;
  readonly report: Report;
}

/** The integer types of Go that Kuma's API uses. */
export type GoInteger = 'int32' | 'uint32' | 'int64' | 'uint64';

/**
 * Facts about the Go types of a kind that its schema does not tell. Fields are named by the end of their path, without
 * list indices: `port`, or `delay.value` where the last name alone is not enough.
 */
export interface GoTypes {
  /** `metav1.Duration`: a Go duration in a string. */
  readonly durations?: readonly string[];
  /** Types of integers, by field. */
  readonly integers?: Readonly<Record<string, GoInteger>>;
  /** Type of the other integers; `uint32` unless it is given. */
  readonly integer?: GoInteger;
  /** `[]byte`: base64 in a string. */
  readonly bytes?: readonly string[];
  /** Pointers that are required, or have a default: when absent they stay so, instead of holding a zero value. */
  readonly pointers?: readonly string[];
}

/** What Kuma's control plane knows about one kind. */
export interface ResourceRules {
  readonly kind: string;
  /** Whether it is a policy, and so has a role. */
  readonly policy: boolean;
  /** Whether admission takes it only in the namespace of the control plane. */
  readonly systemOnly?: boolean;
  /** Whether only a global control plane provides it, so that a zone's gives it no zone. */
  readonly globalOnly?: boolean;
  /** Whether it lies in no namespace. */
  readonly clusterWide?: boolean;
  /** Whether it belongs to no mesh. */
  readonly meshless?: boolean;
  readonly go: GoTypes;
  /** Reports what Kuma's validating webhook refuses; the spec has passed the schema. */
  readonly validate: (spec: JsonObject, validation: Validation) => void;
}

/** Rules for a spec of the type that the schema has made sure of. */
export function defineRules<Spec>(
  rules: Omit<ResourceRules, 'validate'> & { readonly validate: (spec: Spec, validation: Validation) => void },
): ResourceRules {
  return rules as unknown as ResourceRules;
}
