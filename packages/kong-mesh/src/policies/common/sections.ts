import type { Match } from './match.ts';
import type { Validation } from './resource.ts';
import type { TargetRef } from './target-ref.ts';

/** An item of `to` or `from`: what a policy says about one destination, or about one kind of client. */
export interface DirectedItem<Conf> {
  readonly targetRef: TargetRef;
  readonly default?: Conf;
}

/** An item of `rules`: what a policy says about inbound traffic. */
export interface InboundRule<Conf> {
  readonly matches?: readonly Match[];
  readonly default?: Conf;
}

/** The lists that a policy can have. */
export interface Sections<Conf> {
  readonly targetRef?: TargetRef;
  readonly to?: readonly DirectedItem<Conf>[];
  /** Not in 3.0. */
  readonly from?: readonly DirectedItem<Conf>[];
  readonly rules?: readonly InboundRule<Conf>[];
}

/** Whether a policy acts on inbound traffic (kuma, pkg/plugins/policies/core/rules/inbound `AffectsInbounds`). */
export function affectsInbound({ from = [], rules = [] }: Sections<unknown>): boolean {
  return from.length > 0 || rules.length > 0;
}

/** Reports `rules` beside `to` or `from`, which no policy may have. */
export function checkRulesAlone({ to = [], from = [], rules = [] }: Sections<unknown>, { report }: Validation): void {
  if (rules.length > 0 && (to.length > 0 || from.length > 0)) report('spec', 'rules must not stand beside to or from');
}

/** Reports a policy that says nothing. */
export function checkAnySection({ to = [], from = [], rules = [] }: Sections<unknown>, { report }: Validation): void {
  if (to.length === 0 && from.length === 0 && rules.length === 0)
    report('spec', 'it must have to, rules or, before 3.0, from');
}
