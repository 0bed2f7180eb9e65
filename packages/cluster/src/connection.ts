/** How a cluster is reached: a reference to credentials that stay where they are. */
export type Connection =
  /** A context of the kubeconfig of this process: `KUBECONFIG`, else `~/.kube/config`. */
  | { readonly kind: 'context'; readonly context: string }
  /** The service account of the pod that this process runs in. */
  | { readonly kind: 'in-cluster' }
  /** A kubeconfig by its path; its current context where none is named. */
  | { readonly kind: 'file'; readonly path: string; readonly context?: string };

/** What the operator decides, and where kubeconfigs are looked for. */
export interface ConnectionSettings {
  /** Programs that kubeconfigs may run, exactly as they write them: names or whole paths. */
  readonly programs: readonly string[];
  /** Files of the process's own kubeconfig, in the order of `KUBECONFIG`. */
  readonly kubeconfigs: readonly string[];
  /** Whether this process runs in a pod with a service account. */
  readonly inCluster: boolean;
  /** What stands before the paths of the service account's files; nothing in a pod, a folder in tests. */
  readonly accountRoot?: string;
}

/** A context that can be chosen; nothing of it is secret. */
export interface ContextRow {
  readonly name: string;
  /** Address of the API server. */
  readonly server: string;
  readonly isCurrent: boolean;
  /** Why it cannot be used: the program that would be run and is not allowed. */
  readonly refused?: string;
}

/** The settings that environment variables make: `KUBECONFIG` or the home folder, and `ISTHMUS_CLUSTER_PROGRAMS`. */
export function connectionSettings(
  environment: Readonly<Record<string, string | undefined>>,
  separator: string,
): ConnectionSettings {
  const { KUBECONFIG, HOME, USERPROFILE, ISTHMUS_CLUSTER_PROGRAMS } = environment;
  const isGiven = (name: string): boolean => (environment[name] ?? '') !== '';
  const listed = (KUBECONFIG ?? '').split(separator).filter((path) => path !== '');
  const home = HOME ?? USERPROFILE;
  return {
    programs: (ISTHMUS_CLUSTER_PROGRAMS ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
    kubeconfigs: listed.length > 0 ? listed : home === undefined ? [] : [`${home}/.kube/config`],
    inCluster: isGiven('KUBERNETES_SERVICE_HOST') && isGiven('KUBERNETES_SERVICE_PORT'),
  };
}
