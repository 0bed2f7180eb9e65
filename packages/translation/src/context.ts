import type { At, Code, Diagnostic, Parameters, Related } from '@isthmus/diagnostics';
import { diagnose } from '@isthmus/diagnostics';
import {
  type Discovery,
  discovery,
  type Estate,
  indexServices,
  readByIstio,
  type Service,
  type ServiceIndex,
  writtenAt,
} from '@isthmus/istio';
import { type Resource, rootField } from '@isthmus/kubernetes';
import { type Emission, type Finished, finish } from './emission.ts';
import type { Emitted } from './emitted.ts';
import { eachLeaf, type Field } from './field.ts';
import { createLedger, type Ledger, type Outcome } from './ledger.ts';
import type { Peer } from './place.ts';
import type { Settings } from './settings.ts';
import { type Traced, trace } from './trace.ts';

/**
 * What a translator works with: the estate to read, as Istio reads it, and the ledger, the emissions and the findings to write.
 * Of a leaf claimed several times the claim stands that matters most to a person; a leaf without any is `untranslated`.
 */
export interface Context {
  readonly settings: Settings;
  /** Without what `discoverySelectors` leave out. */
  readonly estate: Estate;
  /** All of it, as imported. */
  readonly whole: Estate;
  /** What `discoverySelectors` make of it; undefined where there are none. */
  readonly discovery: Discovery | undefined;
  /** Those that Istio reads. */
  readonly services: ServiceIndex;
  /** All Services of the import: Kong Mesh has inbounds for them, whether or not Istio reads them. */
  readonly allServices: readonly Service[];
  /** The other zones of the mesh; none where the import is of one cluster. */
  readonly peers: readonly Peer[];
  /** Istio's resources of a kind that Istio reads, in the estate's order. */
  ofKind(kind: string): readonly Resource[];
  /** The value of an emitted field that carries a source field over exactly. */
  exact<T>(field: Field, value: T): Traced<T>;
  /** The value of an emitted field that carries a source field over with a difference, which the code explains. */
  approximate<C extends Code, T>(field: Field, value: T, code: C, parameters: Parameters<C>): Traced<T>;
  /** A value that follows from source fields without carrying them over: no claim is made. */
  derived<T>(fields: Field | readonly Field[], value: T): Traced<T>;
  /** Says that a field needs no counterpart of its own because Kong Mesh does the same without. */
  settled(field: Field | undefined): void;
  /** Says that a field has no effect in Istio either. */
  inert<C extends Code>(field: Field | undefined, code: C, parameters: Parameters<C>): void;
  /** Says that the target cannot express a field. */
  unsupported<C extends Code>(field: Field, code: C, parameters: Parameters<C>): void;
  /** Says what became of a field whose finding, if its outcome needs one, stands elsewhere. */
  claim(field: Field, outcome: Exclude<Outcome, 'untranslated'>, code?: Code): void;
  /** The leaves at or under a field of which no translator has said anything so far. */
  unclaimed(field: Field): Field[];
  /** The code of what was said of a leaf that is unsupported; undefined where something else was said. */
  lossOf(leaf: Field): string | undefined;
  emit(emission: Emission): void;
  /** Adds a finding; without a place where it is about the estate as a whole. */
  report<C extends Code>(
    code: C,
    parameters: Parameters<C>,
    at: Field | Resource | undefined,
    related?: readonly Related[],
  ): void;
}

/** What the translators leave behind. */
export interface Workings {
  readonly context: Context;
  readonly ledger: Ledger;
  /** Without their marks: kept all at once, the marks would take more memory than all that is emitted. */
  readonly emissions: readonly Finished[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The place of a resource, or of a field in it, for a diagnostic; the line is the resource's first. What Istio makes of
 * another resource has its place there.
 */
export function placeOf(at: Field | Resource): At {
  const { resource, path } = writtenAt('resource' in at ? at : rootField(at));
  const { apiVersion, kind, namespace, name, source } = resource;
  return {
    resource: { apiVersion, kind, namespace, name },
    file: source.file,
    line: source.line,
    ...(path === '' ? {} : { path }),
  };
}

/**
 * An empty context over an estate.
 * @param emitted hears of each emission, without its marks
 */
export function createWorkings(
  whole: Estate,
  settings: Settings,
  peers: readonly Peer[] = [],
  emitted: (one: Emitted) => void = () => {},
): Workings {
  const ledger = createLedger();
  const emissions: Finished[] = [];
  const diagnostics: Diagnostic[] = [];
  const estate = readByIstio(whole, settings.rootNamespace);
  const services = indexServices(estate, settings.clusterDomain);
  const byKind = Map.groupBy(estate.istio, (resource) => resource.kind);
  const context: Context = {
    settings,
    estate,
    whole,
    discovery: discovery(whole, settings.rootNamespace),
    services,
    allServices: whole === estate ? services.all : indexServices(whole, settings.clusterDomain).all,
    peers,
    ofKind: (kind) => byKind.get(kind) ?? [],
    exact(field, value) {
      ledger.claim(field, 'exact');
      return trace(field, value);
    },
    approximate(field, value, code, parameters) {
      ledger.claim(field, 'approximate', code.code);
      context.report(code, parameters, field);
      return trace(field, value);
    },
    derived: trace,
    settled(field) {
      if (field !== undefined) ledger.claim(field, 'exact');
    },
    inert(field, code, parameters) {
      if (field === undefined) return;
      ledger.claim(field, 'inert', code.code);
      context.report(code, parameters, field);
    },
    unsupported(field, code, parameters) {
      ledger.claim(field, 'unsupported', code.code);
      context.report(code, parameters, field);
    },
    claim: (field, outcome, code) => ledger.claim(field, outcome, code?.code),
    unclaimed(field) {
      const claims = ledger.claims(field.resource);
      const open: Field[] = [];
      eachLeaf(field.value, field.path, (path, value) => {
        if (!claims.has(path)) open.push({ resource: field.resource, path, value });
      });
      return open;
    },
    lossOf({ resource, path }) {
      const claim = ledger.claims(resource).get(path);
      return claim?.outcome === 'unsupported' ? claim.code : undefined;
    },
    emit(emission) {
      const finished = finish(emission);
      emissions.push(finished);
      emitted(finished.emitted);
    },
    report(code, parameters, at, related) {
      const place = at === undefined ? {} : placeOf(at);
      diagnostics.push(diagnose(code, parameters, related === undefined ? place : { ...place, related }));
    },
  };
  return { context, ledger, emissions, diagnostics };
}
