import type { ResourceForm } from '@isthmus/kong-mesh';
import type { JsonObject } from '@isthmus/kubernetes';
import { type BridgedService, type BridgeFacts, demandsMtls } from '../bridge/facts.ts';
import { bridgeNamespace, egressSecrets, gatewaySecret } from '../bridge/into-istio.ts';
import { streamPort } from '../bridge/kong-gateway.ts';
import type { Cluster } from '../bridge/placed.ts';
import { ownTrustDomain } from '../bridge/settings.ts';
import type { Stage } from '../bridge/stages.ts';
import { type Command, istioctl, kubectl, kumactl, shell, word } from './command.ts';
import { contextsOf, placeIn } from './manifests.ts';
import { deletedByPeople, type Move, movesBack, movesOf } from './moves.ts';
import { podNeeds } from './pod-needs.ts';
import { type Portion, type Written, writtenIn } from './portions.ts';

/** One thing to do in a step of a wave, with its proof and its way back. */
export interface Step {
  readonly title: string;
  readonly why: string;
  readonly commands: readonly Command[];
  readonly verify: readonly Command[];
  readonly rollback: readonly Command[];
}

/** What to do in a stage of a wave. */
export interface StageSteps {
  readonly stage: string;
  readonly steps: readonly Step[];
  /** Services whose traffic or pods it touches. */
  readonly affected: readonly string[];
  readonly safeToStop: boolean;
  /** Why one may stop here or must not. */
  readonly stop: string;
}

/** Where the bundle of a plan has the files of a stage. */
export const stageFolder = (wave: number, index: number, id: string): string =>
  `${waveFolder(wave)}/${String((index + 1) * 10).padStart(2, '0')}-${id}`;
export const waveFolder = (wave: number): string => `wave-${String(wave).padStart(2, '0')}`;

const contextOf = (cluster: Cluster): Command['cluster'] => (cluster === 'shared' ? undefined : cluster);

/** A portion of a stage, and the cluster that it is for. */
interface Part extends Portion {
  readonly cluster: Cluster;
}

const partsOf = (moves: readonly Move[]): Part[] =>
  moves.flatMap(({ verb, cluster, portions }) =>
    verb === 'apply' ? portions.map((portion) => ({ ...portion, cluster })) : [],
  );

/** kumactl talks to a control plane, which is in no cluster of the bridge where it is a global one. */
const whereOf = ({ tool, cluster }: Part): Command['cluster'] => (tool === 'kumactl' ? undefined : contextOf(cluster));

const commandOf = (part: Part, folder: string, verb: string): Command =>
  (part.tool === 'kumactl' ? kumactl : kubectl)(
    `${verb} -f ${word(placeIn(folder, part.cluster, part.file))}`,
    part.tool === 'kumactl' ? 'at the global control plane' : undefined,
    whereOf(part),
  );

/**
 * A global control plane hands its resources to the zone within seconds, not at once: pods that start before permissions and
 * MeshTLS are there would be open or closed for so long.
 */
function waiting({ documents, cluster }: Part, { names }: Written): Command[] {
  const types = [...new Set(documents.map((one) => String((one as JsonObject).type).toLowerCase()))].sort();
  const synced = types.filter((type) => type !== 'mesh');
  if (synced.length === 0) return [];
  return [
    kubectl(
      `-n ${names.systemNamespace} get ${synced.join(',')} -l kuma.io/origin=global`,
      'go on once the zone has what kumactl has applied',
      contextOf(cluster),
    ),
  ];
}

/** The commands that apply the files of a stage, wait for its pods, and remove what is to go. */
function applying(folder: string, stage: Stage, how: Written): Command[] {
  const moves = movesOf(stage.changes, how);
  const parts = partsOf(moves);
  const next = (part: Part): Part | undefined =>
    parts[parts.findIndex(({ cluster, file }) => cluster === part.cluster && file === part.file) + 1];
  return moves.flatMap((move): Command[] => {
    const { verb, cluster, portions, lines } = move;
    const context = contextOf(cluster);
    const at = (name: string): string => word(placeIn(folder, cluster, name));
    switch (verb) {
      case 'apply':
        return partsOf([move]).flatMap((part) => [
          commandOf(part, folder, 'apply'),
          ...(part.tool === 'kumactl' && next(part)?.tool === 'kubectl' ? waiting(part, how) : []),
        ]);
      case 'replace':
        return portions.map(({ file }) =>
          kubectl(
            `replace --force -f ${at(file)}`,
            'nothing else starts these pods anew: they are away meanwhile',
            context,
          ),
        );
      case 'wait':
        // Many would fill pages: the script has them all.
        return lines.length > mostShown
          ? [shell(`sh ${at('wait.sh')}`, `waits for ${lines.length} workloads`, context)]
          : lines.map((line) =>
              kubectl(
                line.replace(/^kubectl /, ''),
                line.includes(deletedByPeople)
                  ? 'its updateStrategy is OnDelete: delete its Pods one by one, so that they start anew'
                  : undefined,
                context,
              ),
            );
      case 'delete':
        return how.form === 'universal'
          ? [shell(`sh ${at('delete.sh')}`, undefined, context)]
          : portions.map(({ file }) => kubectl(`delete --ignore-not-found -f ${at(file)}`, undefined, context));
      default:
        return [];
    }
  });
}

/** The command that takes the clusters back to where the wave found them. */
function undoing(folder: string, stage: Stage, how: Written): Command[] {
  const moves = movesBack(stage.rollback, how);
  if (moves.length === 0) return [];
  return [
    shell(
      `${contextsOf(moves)}sh ${word(`${folder}/rollback/rollback.sh`)}`,
      'brings back what stood there before this wave',
    ),
  ];
}

const selectorOf = (service: BridgedService): string => {
  const [workload] = service.workloads;
  const entries = Object.entries(workload?.labels ?? { app: service.name });
  return entries.map(([key, value]) => `${key}=${value}`).join(',');
};

const errorsOf = ({ name, namespace }: BridgedService): string =>
  `sum(rate(istio_requests_total{destination_service_name="${name}",destination_service_namespace="${namespace}",response_code=~"5.."}[5m]))`;

/** A query for Prometheus: no command, so that a shell takes it for a comment. */
const query = (service: BridgedService, why: string): Command => ({
  tool: 'sh',
  text: `# promql: ${errorsOf(service)}`,
  why,
});

/** Commands that look at every service would fill pages: of many some stand for all. */
const mostShown = 10;
const shown = (services: readonly BridgedService[]): readonly BridgedService[] => services.slice(0, mostShown);

/** A secret of Kong Mesh from a file: in the zone, or where a global control plane hands it to the zones under the same name. */
function meshSecret(secret: string, file: string, { form, names }: Written, cluster: Command['cluster']): Command {
  if (form === 'universal')
    return shell(
      `printf 'type: Secret\\nmesh: ${names.mesh}\\nname: ${secret}\\ndata: %s\\n' "$(base64 < ${file} | tr -d '\\n')" | kumactl apply -f -`,
      'at the global control plane',
    );
  return shell(
    `kubectl -n ${names.systemNamespace} create secret generic ${secret} --type=system.kuma.io/secret --from-file=value=${file} && kubectl -n ${names.systemNamespace} label secret ${secret} kuma.io/mesh=${names.mesh}`,
    undefined,
    cluster,
  );
}

function bridging(
  facts: BridgeFacts,
  stage: Stage,
  services: readonly BridgedService[],
  folder: string,
  how: Written,
): Step[] {
  const { names, settings, estate } = facts.input;
  const isUniversal = how.form === 'universal';
  const { trust } = facts;
  const isWithin = settings.topology === 'same-cluster';
  const istioSide = isWithin ? undefined : 'istio';
  const kongSide = isWithin ? undefined : 'kong';
  const kumactlSide = isUniversal ? undefined : kongSide;
  const added = [...stage.changes.added, ...stage.changes.changed.map(({ after }) => after)].map(
    ({ object }) => object,
  );
  const has = (kind: string, name?: string): boolean =>
    added.some(
      (object) => object.kind === kind && (name === undefined || (object.metadata as { name?: unknown }).name === name),
    );
  const steps: Step[] = [
    {
      title: 'Keep what is there',
      why: 'The way back begins with what stood there.',
      commands: [
        kubectl(
          'get virtualservices,destinationrules,serviceentries,sidecars,peerauthentications,authorizationpolicies,requestauthentications -A -o yaml > istio-before.yaml',
          undefined,
          istioSide,
        ),
        ...(stage.wave === 1
          ? []
          : [kumactl(`export --profile all --format ${how.form} > kong-mesh-before.yaml`, undefined, kumactlSide)]),
      ],
      verify: [
        istioctl('analyze -A', 'no new errors', istioSide),
        istioctl('proxy-status', 'every proxy is SYNCED', istioSide),
        ...shown(services).map(({ name, namespace }) =>
          istioctl(`x describe service ${name}.${namespace}`, undefined, istioSide),
        ),
      ],
      rollback: [],
    },
  ];
  if (stage.wave === 1) {
    // The chart's values for a zone egress changed with mesh-scoped zone proxies (kuma, UPGRADE.md, 2.14).
    const egress =
      names.target === '2.13' ? 'egress.enabled=true' : `meshes[0].name=${names.mesh},meshes[0].egress.enabled=true`;
    steps.push({
      title: 'Install Kong Mesh beside Istio',
      why: 'Nothing joins it by itself: no namespace is labelled for it yet. The zone egress is the way of its callers into Istio.',
      commands: [
        shell(
          `kumactl install control-plane --mode zone --zone ${names.zone}${isUniversal ? ' --kds-global-address grpcs://<address of the global control plane>:5685' : ''} --set ${word(egress)} | kubectl apply -f -`,
          isUniversal
            ? 'with your own values; the global control plane runs already'
            : 'with your own values, and the address of your global control plane where there is one',
          kongSide,
        ),
        ...(isUniversal
          ? [
              kumactl(
                'config control-planes add --name global --address <API of the global control plane>',
                'whatever kumactl applies and deletes goes there',
              ),
            ]
          : []),
      ],
      verify: [
        kubectl(`-n ${names.systemNamespace} get pods`, 'all are Running', kongSide),
        ...(isUniversal ? [kumactl('inspect zones', `${names.zone} is Online`)] : []),
        kumactl('get meshes', names.mesh, kumactlSide),
      ],
      rollback: [
        kubectl(`delete namespace ${names.systemNamespace}`, 'as long as nothing else is in it', kongSide),
        ...(isUniversal ? [kumactl(`delete zone ${names.zone}`, 'once it is Offline')] : []),
      ],
    });
  }
  if (stage.wave === 1 && isWithin && [...facts.services.values()].some(demandsMtls))
    steps.push({
      title: 'Give Isthmus the root certificates of both meshes',
      why: 'Each mesh has to trust the other before a call crosses with mTLS.',
      commands: [
        kubectl(
          `-n ${trust.rootNamespace} get configmap istio-ca-root-cert -o jsonpath='{.data.root-cert\\.pem}' > istio-root.pem`,
          'what the proxies of Istio trust',
        ),
        kubectl(
          `-n ${names.systemNamespace} get meshtrust -o yaml > kong-mesh-trust.yaml`,
          `the caBundles of the trust domain ${ownTrustDomain(names)}`,
        ),
      ],
      verify: [shell('openssl x509 -in istio-root.pem -noout -subject -enddate')],
      rollback: [],
    });
  if (has('IstioOperator'))
    steps.push({
      title: 'Let Istio trust Kong Mesh',
      why: 'Istio hands further roots to its proxies only with both switches of this overlay, and proxies ask for them after a restart.',
      commands: [
        istioctl(
          `install -f ${estate.istio.find(({ kind }) => kind === 'IstioOperator')?.source.file ?? '<your IstioOperator>'} -f ${word(placeIn(folder, isWithin ? 'shared' : 'istio', 'istio-overlay.yaml'))}`,
          'with your own installation first; for Helm or the Sail operator, merge the same fields into your values',
          istioSide,
        ),
        ...[...new Set(services.map(({ namespace }) => namespace))].map((namespace) =>
          kubectl(`-n ${namespace} rollout restart deployment`, 'callers of this namespace learn the root', istioSide),
        ),
      ],
      verify: [istioctl('proxy-config secret <pod>.<namespace>', 'ROOTCA holds both roots', istioSide)],
      rollback: [istioctl('install -f <your IstioOperator>', undefined, istioSide)],
    });
  if (has('Gateway', 'isthmus-bridge'))
    steps.push({
      title: 'Give Kong Gateway its certificate',
      why: 'Istio’s proxies call Kong Gateway with TLS, and check it with the authority that is mounted into them.',
      commands: [
        kubectl(
          `-n ${settings.gatewayNamespace} create secret tls isthmus-bridge-cert --cert=gateway.crt --key=gateway.key`,
          `with the hosts of the bridge's ServiceEntries as its names, all of them below ${settings.domain}`,
          'kong',
        ),
        kubectl(
          '-n <namespace> create configmap isthmus-bridge-ca --from-file=ca.pem',
          'mounted by the annotations sidecar.istio.io/userVolume and userVolumeMount at /etc/isthmus-bridge',
          'istio',
        ),
      ],
      verify: [kubectl(`-n ${settings.gatewayNamespace} get gateway isthmus-bridge`, 'PROGRAMMED is True', 'kong')],
      rollback: [kubectl(`-n ${settings.gatewayNamespace} delete secret isthmus-bridge-cert`, undefined, 'kong')],
    });
  if (has('TCPIngress'))
    steps.push({
      title: 'Let Kong Gateway take connections',
      why: `What is no request comes to Kong Gateway with TLS on a port of its own, and the server name says what it is for. Kong's ingress controller reads TCPIngresses of the class kong; Kong Operator has none.`,
      commands: [
        shell(
          `# values of the chart of Kong Gateway: proxy.stream: [{containerPort: ${streamPort}, servicePort: ${streamPort}, protocol: TCP, parameters: [ssl]}]`,
          'the same as KONG_STREAM_LISTEN and a port of its Service',
          'kong',
        ),
      ],
      verify: [
        kubectl(
          `-n ${settings.gatewayNamespace} get services`,
          `one of Kong Gateway has the port ${streamPort}`,
          'kong',
        ),
        kubectl('get tcpingresses -A', undefined, 'kong'),
      ],
      rollback: [],
    });
  if (has('Deployment', 'from-kong'))
    steps.push({
      title: 'Give the gateway of the bridge and the zone egress their certificates',
      why: 'Both show a certificate to each other; private keys stay with you and never come to Isthmus.',
      commands: [
        kubectl(`create namespace ${bridgeNamespace}`, undefined, istioSide),
        kubectl(
          `-n ${bridgeNamespace} create secret generic ${gatewaySecret} --from-file=tls.crt=gateway.crt --from-file=tls.key=gateway.key --from-file=ca.crt=egress-ca.crt`,
          undefined,
          istioSide,
        ),
        ...(
          [
            [egressSecrets.ca, 'gateway-ca.crt'],
            [egressSecrets.certificate, 'egress.crt'],
            [egressSecrets.key, 'egress.key'],
          ] as const
        ).map(([secret, file]) => meshSecret(secret, file, how, kongSide)),
      ],
      verify: [
        kubectl(
          `-n ${names.systemNamespace} get dataplanes -l kuma.io/listener-zoneegress=enabled`,
          'a zone egress runs',
          kongSide,
        ),
      ],
      rollback: [kubectl(`-n ${bridgeNamespace} delete secret ${gatewaySecret}`, undefined, istioSide)],
    });
  steps.push({
    title: 'Apply the bridge',
    why: 'Routes name both halves of each service; all requests still go to Istio.',
    commands: applying(folder, stage, how),
    verify: [
      istioctl('analyze -A', undefined, istioSide),
      ...shown(services).map(({ name, namespace }) =>
        kubectl(`-n ${namespace} get virtualservice,destinationrule | grep ${name}`, undefined, istioSide),
      ),
    ],
    rollback: undoing(folder, stage, how),
  });
  return steps;
}

/** What pods read and no bundle holds: in another cluster it has to be there before they start. */
function bringing(services: readonly BridgedService[]): Step[] {
  const needs = Map.groupBy(
    services.flatMap(({ workloads }) => workloads.filter(({ inCluster }) => inCluster)),
    ({ namespace }) => namespace,
  );
  const commands = [...needs].sort().flatMap(([namespace, workloads]): Command[] => {
    const names = [...new Set(workloads.flatMap(({ resource }) => podNeeds(resource.object)))].sort();
    return names.length === 0 ? [] : [kubectl(`-n ${namespace} get ${names.map(word).join(' ')}`, undefined, 'kong')];
  });
  if (commands.length === 0) return [];
  return [
    {
      title: 'Bring what the pods read',
      why: 'ConfigMaps, Secrets and volumes are in no bundle: bring them from where you keep them, before the pods start.',
      commands: [],
      verify: commands,
      rollback: [],
    },
  ];
}

/** Kinds of which the bridge makes objects, in the clusters of each mesh. */
const bridgeKinds = {
  kong: 'meshtrusts,meshtlses,meshtrafficpermissions,meshexternalservices,meshhttproutes,meshtcproutes,hostnamegenerators',
  kongGateway: 'gatewayclasses,gateways.gateway.networking.k8s.io,httproutes,tcpingresses',
  istio: 'virtualservices,destinationrules,serviceentries,gateways.networking.istio.io,authorizationpolicies',
} as const;

function nothingLeft(isWithin: boolean): Command[] {
  const { kong, kongGateway, istio } = bridgeKinds;
  const look = (kinds: string, cluster: Command['cluster']): Command =>
    kubectl(`get all,namespaces,${kinds} -A -l isthmus/bridge`, 'nothing is left of the bridge', cluster);
  return isWithin
    ? [look(`${kong},${istio}`, undefined)]
    : [look(`${kong},${kongGateway}`, 'kong'), look(istio, 'istio')];
}

/** The end of Istio itself, once nobody stays in it. */
const withoutIstio = ({ estate }: BridgeFacts['input'], istioSide: Command['cluster']): Step => {
  const file = estate.istio.find(({ kind }) => kind === 'IstioOperator')?.source.file ?? '<your IstioOperator>';
  return {
    title: 'Take Istio away',
    why: 'What is left of it is its own: its control plane and gateways, with their settings, Kong Mesh’s root among them.',
    commands: [
      istioctl('uninstall --purge', 'for Helm or the Sail operator, uninstall what you installed with them', istioSide),
    ],
    verify: [
      shell(
        `kubectl get pods -A -o jsonpath='{range .items[*]}{.metadata.namespace}/{.metadata.name}{" "}{.spec.initContainers[*].name}{" "}{.spec.containers[*].name}{"\n"}{end}' | grep istio-proxy`,
        'it finds nothing',
        istioSide,
      ),
    ],
    rollback: [istioctl(`install -f ${word(file)}`, 'before the rollback of what was applied', istioSide)],
  };
};

/** A proxy as kumactl names it: a global control plane knows it by a name that carries a hash (kuma, pkg/kds/hash/hash.go, 2.13 to 3.0). */
const proxyOf = (workload: string, namespace: string, { form }: Written): string =>
  form === 'universal'
    ? `<one of ${workload}, as kumactl get dataplanes names it>`
    : `<pod of ${workload}>.${namespace}`;

function stepsOf(
  facts: BridgeFacts,
  stage: Stage,
  services: readonly BridgedService[],
  folder: string,
  how: Written,
  staying: number,
): Step[] {
  const { names, settings } = facts.input;
  const isWithin = settings.topology === 'same-cluster';
  const istioSide = isWithin ? undefined : 'istio';
  const kongSide = isWithin ? undefined : 'kong';
  const kumactlSide = how.form === 'universal' ? undefined : kongSide;
  const commands = applying(folder, stage, how);
  const rollback = undoing(folder, stage, how);
  const dataplanes = kumactl(`inspect dataplanes -m ${names.mesh}`, 'its data plane proxies are Online', kumactlSide);
  switch (stage.id) {
    case 'bridge':
      return bridging(facts, stage, services, folder, how);
    case 'apply':
      return [
        ...(isWithin ? [] : bringing(services)),
        {
          title: 'Try the policies without applying them',
          // kuma, app/kumactl/cmd/apply/apply.go, 2.13 to 3.0: a dry run checks names and prints.
          why:
            how.form === 'universal'
              ? 'Webhooks refuse what they would not take; kumactl checks names only, so that the control plane refuses the rest when it is applied.'
              : 'The webhooks of Kong Mesh refuse what they would not take.',
          commands: partsOf(movesOf(stage.changes, how)).map((part) =>
            commandOf(part, folder, part.tool === 'kumactl' ? 'apply --dry-run' : 'apply --dry-run=server'),
          ),
          verify: [],
          rollback: [],
        },
        {
          title: 'Apply the policies, and start pods in Kong Mesh',
          why: 'They get no requests yet: routes of Istio name the other half.',
          commands,
          verify: [
            dataplanes,
            ...shown(services).map((service) =>
              kubectl(
                `-n ${service.namespace} get pods -l ${word(selectorOf(service))} -o jsonpath='{range .items[*]}{.metadata.name}{"\\t"}{.spec.initContainers[*].name}{" "}{.spec.containers[*].name}{"\\n"}{end}'`,
                'each pod has kuma-sidecar or istio-proxy, none has both',
                kongSide,
              ),
            ),
            kumactl(`get meshservices -m ${names.mesh}`, undefined, kumactlSide),
          ],
          rollback,
        },
      ];
    case 'cut-over':
      return [
        {
          title: isWithin ? 'Move the last pods' : 'Let callers in Kong Mesh go direct',
          why: isWithin
            ? 'The workloads themselves change meshes, and take the place of the doubles; callers in Kong Mesh go direct from now on.'
            : 'Those who called through the bridge find the service in their own cluster from now on.',
          commands,
          verify: [
            kumactl(
              `get meshservices -m ${names.mesh} -o yaml`,
              'status.tls is Ready, healthy proxies are at least one',
              kumactlSide,
            ),
            ...shown(services).map((service) => query(service, 'no more errors than before')),
          ],
          rollback,
        },
      ];
    case 'clean-up':
    case 'end': {
      const isEnd = stage.id === 'end';
      return [
        ...(isEnd
          ? [
              {
                title: 'Send external traffic to Kong Gateway',
                why: 'Gateways of Istio lead to services until nobody comes through them.',
                commands: [
                  kubectl('get gateways.gateway.networking.k8s.io -A', 'the addresses that DNS is to name', kongSide),
                ],
                verify: [
                  shell(
                    '# promql: sum(rate(istio_requests_total{source_workload=~".*ingressgateway.*"}[5m])) == 0',
                    undefined,
                    istioSide,
                  ),
                ],
                rollback: [shell('# point DNS back to the ingress gateway of Istio')],
              } satisfies Step,
            ]
          : []),
        {
          title: isEnd ? 'End the bridge' : 'Take away what nobody in Istio needs any more',
          why: isEnd
            ? staying === 0
              ? 'Trust in Istio, its identities in permissions, and the last of its resources go.'
              : `The bridge stays for ${staying} ${staying === 1 ? 'service that stays' : 'services that stay'} in Istio; what only the others needed goes.`
            : 'Resources about services that only Kong Mesh calls have no effect any more.',
          commands,
          verify: [
            istioctl('analyze -A', undefined, istioSide),
            ...(isEnd && staying === 0
              ? [...nothingLeft(isWithin), istioctl('proxy-status', 'it is empty', istioSide)]
              : []),
          ],
          rollback,
        },
        ...(isEnd && staying === 0 ? [withoutIstio(facts.input, istioSide)] : []),
      ];
    }
    default: {
      const share = stage.progress.share;
      return [
        {
          title: `Send ${share} % of the requests to Kong Mesh`,
          why: 'Weights take effect within seconds, and are taken back as fast.',
          commands,
          verify: [
            ...shown(services).map((service) =>
              query(service, 'no more errors than before, for as long as your error budget asks'),
            ),
            kumactl(`inspect dataplanes -m ${names.mesh}`, undefined, kumactlSide),
            ...shown(services).flatMap((service) =>
              service.workloads
                .slice(0, 1)
                .map(({ name, namespace }) =>
                  kumactl(
                    `inspect dataplane ${proxyOf(name, namespace, how)} -m ${names.mesh} --type=stats`,
                    'rbac denied, ssl connection_error and no_healthy_upstream stay at 0',
                    kumactlSide,
                  ),
                ),
            ),
          ],
          rollback,
        },
      ];
    }
  }
}

const stops: Readonly<Record<string, readonly [safe: boolean, why: string]>> = {
  bridge: [true, 'No request goes another way than before.'],
  apply: [true, 'Pods in Kong Mesh run without requests; policies of Kong Mesh touch no pod of Istio.'],
  'cut-over': [
    true,
    'Once every rollout is complete all requests are served by Kong Mesh. While pods are being replaced it is not: wait for the rollouts, or go back.',
  ],
  'clean-up': [true, 'What is gone had no effect any more; the rollback brings it back.'],
  end: [true, 'The migration is over.'],
};

/**
 * What to do in a stage: commands with the estate's own names, how to verify, how to go back, and whether one may stop afterwards.
 * @param staying how many services no wave moves
 */
export function stepsOfStage(
  facts: BridgeFacts,
  stage: Stage,
  services: readonly string[],
  folder: string,
  form: ResourceForm,
  staying: number,
): StageSteps {
  const known = services.flatMap((id) => facts.services.get(id) ?? []);
  const { changes } = stage;
  const own = new Set([
    ...services,
    ...[...changes.added, ...changes.changed.map(({ after }) => after)].map(({ service }) => service),
    ...changes.removed.map(({ service }) => service),
    ...stage.ways
      .filter(({ from, to }) => services.includes(from) || services.includes(to))
      .flatMap(({ from, to, gateway }) => (gateway ? [to] : [from, to])),
  ]);
  own.delete('');
  const closed = stage.ways.filter(
    ({ kind, from, to }) => kind === 'closed' && (services.includes(from) || services.includes(to)),
  );
  const [isSafe, why] = stops[stage.id] ?? [
    true,
    `Both halves serve: ${stage.progress.share} % in Kong Mesh, the rest in Istio. A change of the service goes to both while it lasts.`,
  ];
  return {
    stage: stage.id,
    steps: stepsOf(facts, stage, known, folder, writtenIn(facts, form), staying),
    affected: [...own].sort(),
    safeToStop: isSafe && closed.length === 0,
    stop:
      closed.length === 0
        ? why
        : `${closed.length} ${closed.length === 1 ? 'call has' : 'calls have'} no way across: do not begin before that is settled.`,
  };
}
