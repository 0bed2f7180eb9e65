import { carriedFrom, isDerived } from '@isthmus/istio';
import type { Resource } from '@isthmus/kubernetes';
import { eachLeaf, type Field } from './field.ts';

/** What became of a leaf field. `unsupported`: the target cannot express it; `untranslated`: Isthmus does not translate it yet. */
export type Outcome = 'exact' | 'approximate' | 'unsupported' | 'inert' | 'untranslated';

/** A place in an emitted resource; `resource` is an index into the translation's `emitted`. */
export interface Target {
  readonly resource: number;
  readonly path: string;
  /** Whether a person changed what was translated there; a field that they took away is named by what held it. */
  readonly overridden?: boolean;
}

/** One leaf of a source resource. */
export interface LedgerField {
  readonly path: string;
  readonly outcome: Outcome;
  readonly code?: string;
  readonly targets: readonly Target[];
}

/** All leaves of one source resource, in the order written. */
export interface LedgerEntry {
  readonly resource: Resource;
  readonly fields: readonly LedgerField[];
}

// A leaf may be claimed several times (one VirtualService, three hosts): the claim that matters most to a person stands.
const weight: Record<Outcome, number> = { inert: 0, exact: 1, approximate: 2, untranslated: 3, unsupported: 4 };

/** Of two outcomes of one leaf the one that matters more to a person. */
export const heavier = <T extends { readonly outcome: Outcome }>(a: T, b: T): T =>
  weight[b.outcome] > weight[a.outcome] ? b : a;

/** What a translator says of one leaf. */
export interface Claim {
  readonly outcome: Outcome;
  readonly code?: string;
}

/** The claims and provenance of a translation in the making. */
export interface Ledger {
  /** Says what became of every leaf at or under a field, and of what that was made of where its resource is derived. */
  claim(field: Field, outcome: Outcome, code?: string): void;
  /** The claims of one resource by leaf path. */
  claims(resource: Resource): ReadonlyMap<string, Claim>;
}

const claims = new Map<Outcome, Map<string | undefined, Claim>>();

/** One claim for each outcome and code: there are as many of them as leaves. */
function claimOf(outcome: Outcome, code: string | undefined): Claim {
  const known = claims.get(outcome)?.get(code);
  if (known !== undefined) return known;
  const ofOutcome = claims.get(outcome) ?? new Map<string | undefined, Claim>();
  claims.set(outcome, ofOutcome);
  const claim = code === undefined ? { outcome } : { outcome, code };
  ofOutcome.set(code, claim);
  return claim;
}

/** An empty ledger. */
export function createLedger(): Ledger {
  const byResource = new Map<Resource, Map<string, Claim>>();
  const of = (resource: Resource): Map<string, Claim> => {
    let claims = byResource.get(resource);
    if (claims === undefined) {
      claims = new Map();
      byResource.set(resource, claims);
    }
    return claims;
  };
  let said: Claim;
  let resource: Resource | undefined;
  let known: Map<string, Claim>;
  // One for all claims: there are hundreds of thousands of them.
  const keep = (path: string): void => {
    const before = known.get(path);
    if (before === undefined || weight[said.outcome] > weight[before.outcome]) known.set(path, said);
  };
  const note = (field: Field, claim: Claim): void => {
    said = claim;
    // Most claims are about the resource of the one before.
    if (field.resource !== resource) {
      resource = field.resource;
      known = of(resource);
    }
    eachLeaf(field.value, field.path, keep);
  };
  return {
    claim(field, outcome, code) {
      const claim = claimOf(outcome, code);
      note(field, claim);
      if (!isDerived(field.resource)) return;
      eachLeaf(field.value, field.path, (path) => {
        const origin = carriedFrom(field.resource, path);
        if (origin !== undefined) note(origin, claim);
      });
    },
    claims: of,
  };
}
