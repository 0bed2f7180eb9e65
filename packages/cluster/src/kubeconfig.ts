import { isList, isMap, type Json, parseYaml } from '@isthmus/kubernetes';
import { KubeConfig, type User } from '@kubernetes/client-node';
import { ClusterError } from './cluster-error.ts';
import type { Connection, ConnectionSettings, ContextRow } from './connection.ts';

// What decides which program runs under an allowed name, or what it loads.
const steering = /^(?:PATH|PATHEXT|IFS|ENV|BASH_.*|SHELLOPTS|LD_.*|DYLD_.*|NODE_.*|PYTHON.*|PERL.*|RUBY.*)$/i;

/**
 * Users whose token is in a file of its own. The client passes `tokenFile` over, so that it would ask without credentials; and it
 * would read `token-file`, which kubectl does not know (@kubernetes/client-node 2.0.1, config_types.js findToken).
 */
const withTokenFile = new WeakSet<User>();

class Kubeconfig extends KubeConfig {
  override loadFromString(text: string): void {
    super.loadFromString(text);
    const content: Json | undefined = parseYaml(text)[0]?.value;
    const users = isMap(content) && isList(content.users) ? content.users : [];
    for (const one of users) {
      if (!isMap(one) || !isMap(one.user)) continue;
      const { tokenFile, 'token-file': other } = one.user;
      const user = (tokenFile ?? other ?? '') === '' ? null : this.getUser(String(one.name));
      if (user !== null) withTokenFile.add(user);
    }
  }
}

/** Why a user of a kubeconfig is not used; undefined where its credentials need no program, or an allowed one. */
function refusalOf(user: User | null, programs: readonly string[]): ClusterError | undefined {
  if (user === null) return undefined;
  if (withTokenFile.has(user))
    return new ClusterError(
      'connection',
      `The user ${JSON.stringify(user.name)} has its token in a file of its own (tokenFile), which is not read here. Put the token into the kubeconfig, or let an exec plug-in print it.`,
    );
  const refused = programRefusal(user, programs);
  return refused === undefined ? undefined : new ClusterError('program', refused);
}

function programRefusal(user: User, programs: readonly string[]): string | undefined {
  const provider = user.authProvider as { name?: string; config?: Record<string, unknown> } | null | undefined;
  if (provider !== null && provider !== undefined && typeof provider === 'object') {
    const config = provider.config ?? {};
    // The providers that Kubernetes 1.26 removed run commands through a shell, which no list of programs can judge.
    if (provider.name !== 'oidc' || config.exec !== undefined || config['cmd-path'] !== undefined)
      return `The auth-provider ${JSON.stringify(provider.name ?? '')} may run any command and is not used: Kubernetes replaced it by exec plug-ins in 1.26.`;
  }
  const exec = user.exec as { command?: unknown; env?: readonly { name?: unknown }[] | null } | null | undefined;
  if (exec === null || exec === undefined) return undefined;
  const command = typeof exec.command === 'string' ? exec.command : '';
  if (!programs.includes(command))
    return `The kubeconfig runs the program ${JSON.stringify(command)}, which is not allowed here. Add it to ISTHMUS_CLUSTER_PROGRAMS, as it is written, to allow it.`;
  const steered = (Array.isArray(exec.env) ? exec.env : []).find(({ name }) => steering.test(String(name)));
  return steered === undefined
    ? undefined
    : `The kubeconfig sets ${String(steered.name)} for ${JSON.stringify(command)}, which could make it another program.`;
}

function read(path: string): KubeConfig {
  const config = new Kubeconfig();
  try {
    config.loadFromFile(path);
  } catch (error) {
    // The parser's own message quotes the file, and with it tokens and keys.
    const code = (error as { code?: unknown }).code;
    const reason =
      code === 'ENOENT'
        ? 'does not exist'
        : code === 'EACCES'
          ? 'may not be read'
          : 'is no kubeconfig that can be read';
    throw new ClusterError('connection', `${path} ${reason}.`);
  }
  return config;
}

/** Reads the process's own kubeconfig; of two entries of one name the first counts, as with kubectl. */
function readOwn({ kubeconfigs }: ConnectionSettings): KubeConfig {
  const merged = new KubeConfig();
  for (const path of kubeconfigs) {
    let config: KubeConfig;
    try {
      config = read(path);
    } catch (error) {
      // As with kubectl, a file that is not there is an empty one.
      if (error instanceof ClusterError && error.message.endsWith('does not exist.')) continue;
      throw error;
    }
    const isNew = (list: readonly { name: string }[], { name }: { name: string }): boolean =>
      list.every((known) => known.name !== name);
    merged.clusters.push(...config.clusters.filter((one) => isNew(merged.clusters, one)));
    merged.users.push(...config.users.filter((one) => isNew(merged.users, one)));
    merged.contexts.push(...config.contexts.filter((one) => isNew(merged.contexts, one)));
    if (!merged.currentContext && config.currentContext) merged.setCurrentContext(config.currentContext);
  }
  return merged;
}

function serverOf(config: KubeConfig, context: string): string {
  const cluster = config.getCluster(config.getContextObject(context)?.cluster ?? '');
  try {
    // An address may hold a name and a password.
    const { origin, pathname } = new URL(cluster?.server ?? '');
    return origin + (pathname === '/' ? '' : pathname);
  } catch {
    return '';
  }
}

/** The contexts of the process's own kubeconfig, or of one by its path. Throws a ClusterError where it cannot be read. */
export function listContexts(settings: ConnectionSettings, path?: string): ContextRow[] {
  const config = path === undefined ? readOwn(settings) : read(path);
  return config.contexts.map(({ name, user }): ContextRow => {
    const refused = refusalOf(config.getUser(user), settings.programs);
    return {
      name,
      server: serverOf(config, name),
      isCurrent: name === config.currentContext,
      ...(refused === undefined ? {} : { refused: refused.message }),
    };
  });
}

function choose(config: KubeConfig, context: string, where: string): void {
  if (config.getContextObject(context) === null)
    throw new ClusterError('connection', `${where} has no context ${JSON.stringify(context)}.`);
  config.setCurrentContext(context);
}

/** The credentials of a connection. Throws a ClusterError where they are not there, or run a program that is not allowed. */
export function openKubeconfig(connection: Connection, settings: ConnectionSettings): KubeConfig {
  if (connection.kind === 'in-cluster') {
    if (!settings.inCluster) throw new ClusterError('connection', 'This process does not run in a pod of a cluster.');
    const config = new KubeConfig();
    config.loadFromCluster(settings.accountRoot ?? '');
    return config;
  }
  const config = connection.kind === 'context' ? readOwn(settings) : read(connection.path);
  const where = connection.kind === 'context' ? 'The kubeconfig' : connection.path;
  choose(config, connection.context ?? config.currentContext ?? '', where);
  const refused = refusalOf(config.getCurrentUser(), settings.programs);
  if (refused !== undefined) throw refused;
  const cluster = config.getCurrentCluster();
  if (cluster === null)
    throw new ClusterError('connection', `${where} does not say where the API server of this context is.`);
  if (!/^https:/i.test(cluster.server) && !cluster.skipTLSVerify)
    throw new ClusterError(
      'connection',
      `${where} reaches the API server without TLS, which is only done where it says insecure-skip-tls-verify.`,
    );
  return config;
}
