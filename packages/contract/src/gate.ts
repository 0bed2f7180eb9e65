import { type Static, Type } from 'typebox';
import { Phase } from './common.ts';

/** What must hold before a service enters a phase; `unknown` keeps the gate shut as `fails` does. */
export const Condition = Type.Object({
  id: Type.Enum([
    'previous',
    'translated',
    'blockers',
    'checks',
    'verdicts',
    'access',
    'order',
    'ways',
    'trust',
    'access-in-phase',
    'between-clusters',
    'rules-across',
    'approvals',
    'share',
    'callers',
    'cluster',
  ]),
  title: Type.String(),
  state: Type.Enum(['holds', 'fails', 'unknown']),
  detail: Type.String(),
  evidence: Type.Array(
    Type.Object({
      text: Type.String(),
      /** A diagnostic code whose page says more. */
      code: Type.Optional(Type.String()),
      service: Type.Optional(Type.String()),
    }),
  ),
  /** All pieces of evidence; `evidence` may hold the first only. */
  total: Type.Integer(),
});
export type Condition = Static<typeof Condition>;

/** Whether a service may enter a phase, and why. Going back is always possible. */
export const Gate = Type.Object({
  service: Type.String(),
  from: Phase,
  to: Phase,
  open: Type.Boolean(),
  /** In a sentence. */
  sentence: Type.String(),
  conditions: Type.Array(Condition),
});
export type Gate = Static<typeof Gate>;

export const Approval = Type.Object({ by: Type.String(), at: Type.String(), note: Type.String() });
export type Approval = Static<typeof Approval>;

/** The gates in front of a service: to its next phase first, then the others. */
export const ServiceGates = Type.Object({
  service: Type.String(),
  phase: Phase,
  /** Null where it is retired. */
  next: Type.Union([Phase, Type.Null()]),
  gates: Type.Array(Gate),
  /** Approvals of the snapshot and the plan as they are; a new import or a change of the plan takes them away. */
  approvals: Type.Array(Approval),
  approvalsNeeded: Type.Integer(),
  /** The wave in which it moves; null where it does not. */
  wave: Type.Union([Type.Integer(), Type.Null()]),
});
export type ServiceGates = Static<typeof ServiceGates>;

export const NewApproval = Type.Object({ note: Type.String({ maxLength: 2000 }) }, { additionalProperties: false });
export type NewApproval = Static<typeof NewApproval>;
