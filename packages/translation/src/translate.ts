import { codes, compareDiagnostics, type Diagnostic, diagnose } from '@isthmus/diagnostics';
import type { Estate } from '@isthmus/istio';
import type { Resource, Violation } from '@isthmus/kubernetes';
import { createWorkings, placeOf, type Workings } from './context.ts';
import type { Finished } from './emission.ts';
import type { EmittedObject } from './emitted.ts';
import { eachLeaf } from './field.ts';
import { finishEmissions } from './finish.ts';
import { translators } from './from/index.ts';
import { contextLeavesOf, leavesOf } from './leaves.ts';
import type { LedgerEntry, LedgerField, Target } from './ledger.ts';
import { objectionTo } from './objection.ts';
import { misplaced } from './security/placement.ts';
import type { Settings } from './settings.ts';
import type { Translation } from './translation.ts';

// Kinds whose loss opens what Istio closes: their untranslated fields block.
const restricting = new Set([
  'AuthorizationPolicy',
  'PeerAuthentication',
  'RequestAuthentication',
  'EnvoyFilter',
  'WasmPlugin',
  'TrafficExtension',
]);

type Targets = Map<Resource, Map<string, Target[]>>;

/** Whether a place is known already. Those of one emitted resource come one after the other, and a leaf may have thousands. */
function isAmongLast(known: readonly Target[], resource: number, path: string): boolean {
  for (let index = known.length - 1; known[index]?.resource === resource; index--)
    if (known[index]?.path === path) return true;
  return false;
}

/** Turns provenance around: the emitted places of each source leaf. */
function targetsOf(finished: readonly Finished[]): Targets {
  const targets: Targets = new Map();
  for (const [resource, { origins }] of finished.entries()) {
    for (const [path, fields] of origins) {
      for (const origin of fields) {
        let byPath = targets.get(origin.resource);
        if (byPath === undefined) {
          byPath = new Map();
          targets.set(origin.resource, byPath);
        }
        const of = byPath;
        eachLeaf(origin.value, origin.path, (leaf) => {
          const known = of.get(leaf);
          if (known === undefined) of.set(leaf, [{ resource, path }]);
          else if (!isAmongLast(known, resource, path)) known.push({ resource, path });
        });
      }
    }
  }
  return targets;
}

const none: readonly Target[] = [];

function accountFor(
  resource: Resource,
  workings: Workings,
  targets: Targets,
): { entry: LedgerEntry; diagnostic?: Diagnostic } {
  const claims = workings.ledger.claims(resource);
  const places = targets.get(resource);
  const open: string[] = [];
  const fields = leavesOf(resource).map((path): LedgerField => {
    const claim = claims.get(path);
    if (claim !== undefined && claim.outcome !== 'untranslated') {
      const { outcome, code: reason } = claim;
      const at = places?.get(path) ?? none;
      return reason === undefined ? { path, outcome, targets: at } : { path, outcome, code: reason, targets: at };
    }
    open.push(path);
    const code = restricting.has(resource.kind)
      ? codes.translation.restrictionUntranslated
      : codes.translation.fieldsUntranslated;
    return { path, outcome: 'untranslated', code: code.code, targets: places?.get(path) ?? none };
  });
  const entry = { resource, fields };
  const [first] = open;
  if (first === undefined) return { entry };
  const code = restricting.has(resource.kind)
    ? codes.translation.restrictionUntranslated
    : codes.translation.fieldsUntranslated;
  return {
    entry,
    diagnostic: diagnose(
      code,
      { count: open.length, total: fields.length, kind: resource.kind, first },
      { ...placeOf(resource), path: first },
    ),
  };
}

function accountForContext(
  resource: Resource,
  workings: Workings,
): { entry: LedgerEntry; diagnostic?: Diagnostic } | undefined {
  const paths = contextLeavesOf(resource);
  if (paths.length === 0) return undefined;
  const claims = workings.ledger.claims(resource);
  const open: string[] = [];
  const fields = paths.map((path): LedgerField => {
    const claim = claims.get(path);
    if (claim !== undefined) return { path, ...claim, targets: none };
    open.push(path);
    return { path, outcome: 'untranslated', code: codes.translation.annotationUntranslated.code, targets: none };
  });
  const entry = { resource, fields };
  const [first] = open;
  if (first === undefined) return { entry };
  return {
    entry,
    diagnostic: diagnose(
      codes.translation.annotationUntranslated,
      { kind: resource.kind, count: open.length, first },
      { ...placeOf(resource), path: first },
    ),
  };
}

function accountForLoser(resource: Resource): LedgerEntry {
  const { code } = codes.translation.superseded;
  return { resource, fields: leavesOf(resource).map((path) => ({ path, outcome: 'inert', code, targets: none })) };
}

const isSame = (a: Diagnostic, b: Diagnostic): boolean =>
  compareDiagnostics(a, b) === 0 &&
  a.help === b.help &&
  a.resource?.name === b.resource?.name &&
  a.resource?.namespace === b.resource?.namespace &&
  a.resource?.kind === b.resource?.kind;

/** Translators that read one field for several hosts say the same of it several times; once is enough for a person. */
const withoutRepeats = (sorted: readonly Diagnostic[]): Diagnostic[] =>
  sorted.filter((one, index) => {
    const before = sorted[index - 1];
    return before === undefined || !isSame(before, one);
  });

/** Checks emitted resources beside the translation, which goes on meanwhile. */
export interface Checker {
  /** Takes a resource to check. */
  take(object: EmittedObject): void;
  /** Of those taken, the ones that must not be applied, with the reason. */
  objections(): Promise<ReadonlyMap<EmittedObject, Violation>>;
}

/** Translates as `translate` does, with somebody else to check what is emitted. Rejects as the checker does. */
export async function translateBeside(checker: Checker, estate: Estate, settings: Settings): Promise<Translation> {
  const workings = createWorkings(estate, settings, ({ role, object }) => {
    if (role === 'resource') checker.take(object);
  });
  for (const translator of translators) translator(workings.context);
  const objections = await checker.objections();
  return conclude(workings, (object) => objections.get(object));
}

/**
 * Translates an estate for a target version. Every leaf of every Istio resource is in the ledger; what no translator
 * claimed is `untranslated`, with a diagnostic for each resource.
 */
export function translate(estate: Estate, settings: Settings): Translation {
  const workings = createWorkings(estate, settings);
  for (const translator of translators) translator(workings.context);
  return conclude(workings, (object) => objectionTo(object, settings));
}

/** Puts together what the translators leave behind. */
function conclude(workings: Workings, objection: (object: EmittedObject) => Violation | undefined): Translation {
  const { estate, settings } = workings.context;
  const { finished, diagnostics } = finishEmissions(workings, objection);
  const targets = targetsOf(finished);
  const found: Diagnostic[] = [...estate.diagnostics, ...workings.diagnostics, ...diagnostics];
  const emitted = finished.map((one) => one.emitted);
  found.push(...misplaced(emitted, estate, settings));
  const ledger: LedgerEntry[] = [];
  for (const resource of estate.istio) {
    const { entry, diagnostic } = accountFor(resource, workings, targets);
    ledger.push(entry);
    if (diagnostic !== undefined) found.push(diagnostic);
  }
  const context: LedgerEntry[] = [];
  for (const resource of estate.context) {
    const accounted = accountForContext(resource, workings);
    if (accounted === undefined) continue;
    context.push(accounted.entry);
    if (accounted.diagnostic !== undefined) found.push(accounted.diagnostic);
  }
  const contextKinds = new Set(estate.context.map(({ group, kind }) => `${group}/${kind}`));
  for (const { loser } of estate.superseded) {
    if (contextKinds.has(`${loser.group}/${loser.kind}`)) continue;
    ledger.push(accountForLoser(loser));
    found.push(diagnose(codes.translation.superseded, {}, placeOf(loser)));
  }
  return {
    settings,
    estate,
    emitted,
    origins: finished.map(({ origins }) => origins),
    ledger,
    context,
    diagnostics: withoutRepeats(found.sort(compareDiagnostics)),
  };
}
