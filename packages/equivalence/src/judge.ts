import { type EffectiveConfig, type Estate, effectiveConfig, type RegistryService } from '@isthmus/istio';
import type { RouterFlavor } from '@isthmus/kong-gateway';
import { compileKongMesh, type TargetVersion } from '@isthmus/kong-mesh';
import { effectiveNamespace, type Resource } from '@isthmus/kubernetes';
import { edgePredictions, gatewayId, presentEdge } from './edge/edge-row.ts';
import { comparablePorts, type EdgeCase, edgeModel, verifyEdge } from './edge/verify-edge.ts';
import { type AfterOptions, type Emitted, meshAfter, objectsAfter } from './mesh-after.ts';
import { type Finding, predictions } from './predictions.ts';
import { type Simulation, simulate } from './simulate.ts';
import {
  type NothingToSimulate,
  type SimulatedRequest,
  type SimulatedSubject,
  type SimulationModel,
  simulationModel,
} from './simulation-model.ts';
import { type Acceptance, present, type VerdictRow } from './verdict-row.ts';
import { comparable, type Subject, verifyService } from './verify-estate.ts';
import { clientsInWords } from './words.ts';

/** What is to be judged: an estate, and what a translation made of it. */
export interface Case {
  readonly estate: Estate;
  readonly emitted: readonly Emitted[];
  /** What was said of the estate and its translation. */
  readonly findings: readonly Finding[];
  /** The Istio resources that concern a service (`<namespace>/<name>`). */
  readonly concerning: (service: string) => readonly Resource[];
  readonly settings: {
    readonly target: TargetVersion;
    readonly mesh: string;
    readonly zone: string;
    readonly systemNamespace: string;
    readonly rootNamespace: string;
    readonly clusterDomain: string;
    /** Of Kong Gateway: `expressions` where absent. */
    readonly router?: RouterFlavor;
  };
}

/** Compares both meshes, service by service, and simulates requests. */
export interface Judge {
  readonly config: EffectiveConfig;
  /**
   * What can be compared: services (`<namespace>/<name>`), those that Istio does not read where Kong Mesh will know them by its
   * own labels, and the gateways that clients from outside call (`<namespace>/gateway:<name>`), sorted.
   */
  readonly services: readonly string[];
  /** The ports of a service that can be compared; none where there is no such service. */
  portsOf(service: string): readonly number[];
  /** The verdicts on a service, for each port, group of clients and aspect; none where there is no such service. */
  verify(service: string, accepted: readonly Acceptance[]): VerdictRow[];
  /**
   * The clients, in words, that Istio keeps from knowing a service and that no workload of the import stands for. They are not
   * compared: what their proxies reach in Kong Mesh would stand in their Pods.
   */
  notCompared(service: string): readonly string[];
  /** What decides any request of a client to a port; `simulate` takes it. */
  model(subject: SimulatedSubject): SimulationModel | NothingToSimulate;
  simulate(request: SimulatedRequest): Simulation | NothingToSimulate;
}

/** Services that Istio does not read and of which Kong Mesh makes MeshServices, by the labels that the cluster then has. */
function knownToKongMesh(
  { leftOut }: EffectiveConfig,
  { estate, emitted }: Pick<Case, 'estate' | 'emitted'>,
  { zone = 'default', ...options }: AfterOptions,
): readonly RegistryService[] {
  if (leftOut.length === 0) return [];
  const { destinations } = compileKongMesh(objectsAfter(estate, emitted, options), { ...options, zone });
  const known = new Set(destinations.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`));
  return leftOut.filter(({ namespace, resource }) => known.has(`MeshService ${namespace}/${resource.name}`));
}

/** Compiles both meshes; see `verifyEstate` and `simulate`. */
export function createJudge({ estate, emitted, findings, concerning, settings }: Case): Judge {
  const { target, mesh, zone, systemNamespace, rootNamespace, clusterDomain, router = 'expressions' } = settings;
  const config = effectiveConfig(estate, { rootNamespace, clusterDomain });
  const options = { version: target, mesh, zone, systemNamespace };
  const after = meshAfter(estate, emitted, options);
  const predictedBy = predictions(findings, config, concerning);
  const compared = [...comparable(config), ...knownToKongMesh(config, { estate, emitted }, options)];
  const byId = new Map(compared.map((one) => [`${one.namespace}/${one.resource.name}`, one]));
  const unknowing = new Map<string, ReadonlySet<string>>();
  const predictedAtEdge = edgePredictions(findings);
  const gateways = Map.groupBy(comparablePorts(config), ({ gateways: [oldest] }) =>
    oldest === undefined ? '' : gatewayId({ namespace: effectiveNamespace(oldest), name: oldest.name }),
  );
  const edge = (): EdgeCase => ({
    config,
    objects: objectsAfter(estate, emitted, options),
    mesh: after,
    flavor: router,
  });
  const judge: Judge = {
    config,
    services: [...byId.keys(), ...gateways.keys()].sort(),
    portsOf: (service) => (byId.get(service)?.ports ?? gateways.get(service) ?? []).map(({ port }) => port),
    verify(service, accepted) {
      const ports = gateways.get(service);
      if (ports !== undefined) {
        const names = new Set(ports.map((one) => `${one.port} ${JSON.stringify(one.client)}`));
        const own = verifyEdge(edge(), (one) => names.has(`${one.port} ${JSON.stringify(one.client)}`));
        return Array.from(own, (verification) => presentEdge(verification, accepted, predictedAtEdge));
      }
      const found = byId.get(service);
      if (found === undefined) return [];
      const clients = new Set<string>();
      unknowing.set(service, clients);
      const asked = {
        clusterDomain,
        unknowing: (subject: Subject) => void clients.add(clientsInWords(subject.clients, subject.everywhere)),
      };
      return Array.from(verifyService(config, after, found, asked), (verification) =>
        present(verification, { accepted, predictedBy }),
      );
    },
    notCompared(service) {
      if (!unknowing.has(service)) judge.verify(service, []);
      return [...(unknowing.get(service) ?? [])];
    },
    model(subject) {
      const id = `${subject.service.namespace}/${subject.service.name}`;
      const ports = gateways.get(id);
      if (ports === undefined)
        return byId.has(id) ? simulationModel(config, after, subject) : { reason: 'no such service', ports: [] };
      const port = ports.find((one) => one.port === subject.port);
      return port === undefined
        ? { reason: 'no such port', ports: ports.map((one) => one.port) }
        : edgeModel(edge(), port);
    },
    simulate({ request, ...subject }) {
      const model = judge.model(subject);
      return 'reason' in model ? model : simulate(model, request);
    },
  };
  return judge;
}
