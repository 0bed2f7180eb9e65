/** A command to copy. */
export interface Command {
  readonly tool: 'kubectl' | 'istioctl' | 'kumactl' | 'sh';
  /** Which cluster it is for where there are two. */
  readonly cluster?: 'istio' | 'kong';
  readonly text: string;
  /** What it is for, or what its answer is to be. */
  readonly why?: string;
}

/** A text as one word of a shell. */
export const word = (text: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const command =
  (tool: Command['tool']) =>
  (text: string, why?: string, cluster?: Command['cluster']): Command => ({
    tool,
    text: tool === 'sh' ? text : `${tool} ${text}`,
    ...(why === undefined ? {} : { why }),
    ...(cluster === undefined ? {} : { cluster }),
  });

export const kubectl = command('kubectl');
export const istioctl = command('istioctl');
export const kumactl = command('kumactl');
export const shell = command('sh');
