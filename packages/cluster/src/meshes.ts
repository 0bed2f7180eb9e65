import type { JsonObject } from '@isthmus/kubernetes';
import { annotationsOf, labelsOf, mapsAt, textAt } from './objects.ts';

/** Which mesh, or meshes, something belongs to. */
export type Claim = 'istio' | 'ambient' | 'kong-mesh' | 'both' | 'none';

/** A proxy that runs in a pod. */
export interface Proxy {
  readonly mesh: 'istio' | 'kong-mesh';
  /** The tag of its image; `''` where the image has none. */
  readonly version: string;
  /** Of Istio; `''` where nothing says so. */
  readonly revision: string;
}

type Texts = Readonly<Record<string, string>>;

// kuma/pkg/plugins/runtime/k8s/metadata, 2.14: `true` and `yes` count as well.
const enables = (value: string | undefined): boolean => value !== undefined && /^(?:enabled|true|yes)$/i.test(value);
const disables = (value: string | undefined): boolean => value !== undefined && /^(?:disabled|false|no)$/i.test(value);

const combined = (istio: boolean, ambient: boolean, kong: boolean): Claim => {
  if (kong && (istio || ambient)) return 'both';
  if (kong) return 'kong-mesh';
  return istio ? 'istio' : ambient ? 'ambient' : 'none';
};

/** Which mesh a namespace's labels ask for, and the revision of Istio (istio/manifests/charts/istio-control, webhooks, 1.32). */
export function namespaceClaim(labels: Texts): { readonly claim: Claim; readonly revision: string } {
  const { 'istio-injection': injection, 'istio.io/rev': revision } = labels;
  const istio = injection === 'enabled' || (injection === undefined && revision !== undefined);
  const ambient = labels['istio.io/dataplane-mode'] === 'ambient';
  const claim = combined(istio, ambient, enables(labels['kuma.io/sidecar-injection']));
  return { claim, revision: istio ? (injection === 'enabled' ? 'default' : (revision ?? '')) : '' };
}

/** Which mesh a pod's labels ask for, over those of its namespace (istio/pkg/kube/inject/inject.go injectRequired, 1.32). */
export function podClaim(pod: JsonObject, namespace: Texts): Claim {
  const labels = labelsOf(pod);
  const annotations = annotationsOf(pod);
  const asked = labels['sidecar.istio.io/inject'] ?? annotations['sidecar.istio.io/inject'];
  const ofNamespace = namespaceClaim(namespace);
  const inherited = ofNamespace.claim === 'istio' || (ofNamespace.claim === 'both' && ofNamespace.revision !== '');
  const istio =
    asked === 'false'
      ? false
      : inherited ||
        ((asked === 'true' || labels['istio.io/rev'] !== undefined) && namespace['istio-injection'] !== 'disabled');
  const mode = labels['istio.io/dataplane-mode'] ?? namespace['istio.io/dataplane-mode'];
  const kuma = labels['kuma.io/sidecar-injection'] ?? annotations['kuma.io/sidecar-injection'];
  const kong = disables(kuma) ? false : enables(kuma) || enables(namespace['kuma.io/sidecar-injection']);
  return combined(istio, mode === 'ambient', kong);
}

/** The tag of an image; `''` where there is none. */
export function tagOf(image: string): string {
  const [name = ''] = image.split('@', 1);
  const colon = name.lastIndexOf(':');
  // A colon before a slash belongs to the registry's port.
  return colon > name.lastIndexOf('/') ? name.slice(colon + 1) : '';
}

function revisionOf(pod: JsonObject): string {
  const status = annotationsOf(pod)['sidecar.istio.io/status'];
  try {
    const revision = (JSON.parse(status ?? '{}') as { revision?: unknown }).revision;
    if (typeof revision === 'string') return revision;
  } catch {
    // Written by hand, or by an Istio of long ago.
  }
  return labelsOf(pod)['istio.io/rev'] ?? '';
}

/** The proxies that were injected into a pod, as sidecars of either form. */
export function proxiesOf(pod: JsonObject): Proxy[] {
  const all = [...mapsAt(pod, 'spec', 'containers'), ...mapsAt(pod, 'spec', 'initContainers')];
  const imageOf = (name: string): string | undefined => {
    const found = all.find((container) => textAt(container, 'name') === name);
    return found && textAt(found, 'image');
  };
  const proxies: Proxy[] = [];
  const istio = imageOf('istio-proxy');
  if (istio !== undefined) proxies.push({ mesh: 'istio', version: tagOf(istio), revision: revisionOf(pod) });
  const kuma = imageOf('kuma-sidecar');
  if (kuma !== undefined) proxies.push({ mesh: 'kong-mesh', version: tagOf(kuma), revision: '' });
  return proxies;
}

/** Which mesh really takes a pod's traffic. */
export function injectedInto(pod: JsonObject): Claim {
  const proxies = proxiesOf(pod);
  const has = (mesh: Proxy['mesh']): boolean => proxies.some((proxy) => proxy.mesh === mesh);
  // Written by Istio's CNI once a pod's traffic goes through ztunnel (istio/cni/pkg/util/podutil.go, 1.32).
  return combined(has('istio'), annotationsOf(pod)['ambient.istio.io/redirection'] === 'enabled', has('kong-mesh'));
}
