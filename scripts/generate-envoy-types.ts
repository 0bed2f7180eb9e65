// Writes what a MeshProxyPatch's value is checked against: the fields of Envoy's messages, read from its API's .proto files.
// node scripts/generate-envoy-types.ts FOLDER    (a checkout of envoyproxy/data-plane-api)
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Field {
  readonly name: string;
  readonly prefix: '' | '*' | '%';
  type: string;
}

const messages = new Map<string, Field[]>();
const enums = new Map<string, string[]>();

/** The resources of a MeshProxyPatch, and what stands most often in their `typed_config`. */
const roots = [
  'envoy.config.cluster.v3.Cluster',
  'envoy.config.listener.v3.Listener',
  'envoy.config.route.v3.VirtualHost',
  'envoy.config.listener.v3.Filter',
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter',
  'envoy.extensions.filters.http.buffer.v3.Buffer',
  'envoy.extensions.filters.http.cors.v3.Cors',
  'envoy.extensions.filters.http.cors.v3.CorsPolicy',
  'envoy.extensions.filters.http.fault.v3.HTTPFault',
  'envoy.extensions.filters.http.grpc_web.v3.GrpcWeb',
  'envoy.extensions.filters.http.header_mutation.v3.HeaderMutation',
  'envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit',
  'envoy.extensions.filters.http.lua.v3.Lua',
  'envoy.extensions.filters.http.lua.v3.LuaPerRoute',
  'envoy.extensions.filters.http.router.v3.Router',
  'envoy.extensions.filters.http.wasm.v3.Wasm',
  'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
  'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
];

const scalars: Readonly<Record<string, string>> = {
  string: 's',
  bool: 'b',
  bytes: 'y',
  int32: 'i',
  uint32: 'u',
  int64: 'I',
  uint64: 'U',
  double: 'd',
  float: 'd',
  'google.protobuf.StringValue': 's',
  'google.protobuf.BoolValue': 'b',
  'google.protobuf.Int32Value': 'i',
  'google.protobuf.UInt32Value': 'u',
  'google.protobuf.Int64Value': 'I',
  'google.protobuf.UInt64Value': 'U',
  'google.protobuf.DoubleValue': 'd',
  'google.protobuf.FloatValue': 'd',
  'google.protobuf.Duration': 'D',
  'google.protobuf.Any': 'A',
  'google.protobuf.Struct': 'S',
};

/** Reads the messages and enums of one file. */
function readProto(text: string): void {
  const tokens = text
    .replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, '')
    .match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[A-Za-z_.][\w.]*|-?\d[\w.]*|\S/g) as string[];
  let at = 0;
  const next = (): string => tokens[at++] as string;
  const skipPair = (open: string, close: string): void => {
    let depth = 0;
    do {
      const token = next();
      if (token === open) depth++;
      else if (token === close) depth--;
    } while (depth > 0);
  };
  const skipStatement = (): void => {
    while (tokens[at] !== ';') {
      if (tokens[at] === '{') skipPair('{', '}');
      else at++;
    }
    at++;
  };
  const skipNumberAndOptions = (): void => {
    at += 2;
    if (tokens[at] === '[') skipPair('[', ']');
    at++;
  };
  const readEnum = (scope: string): void => {
    const values: string[] = [];
    enums.set(`${scope}.${next()}`, values);
    at++;
    while (tokens[at] !== '}') {
      if (tokens[at] === 'option' || tokens[at] === 'reserved') skipStatement();
      else {
        values.push(next());
        skipNumberAndOptions();
      }
    }
    at++;
  };
  const readBody = (scope: string, fields: Field[]): void => {
    while (tokens[at] !== '}') {
      const token = next();
      if (token === 'message') readMessage(scope);
      else if (token === 'enum') readEnum(scope);
      else if (token === 'oneof') {
        at += 2;
        readBody(scope, fields);
      } else if (token === 'option' || token === 'reserved' || token === 'extensions') skipStatement();
      else if (token === 'map') {
        at += 3;
        const type = next();
        at++;
        fields.push({ name: next(), prefix: '%', type });
        skipNumberAndOptions();
      } else if (token !== ';') {
        const labelled = token === 'repeated' || token === 'optional';
        const type = labelled ? next() : token;
        fields.push({ name: next(), prefix: token === 'repeated' ? '*' : '', type });
        skipNumberAndOptions();
      }
    }
    at++;
  };
  const readMessage = (scope: string): void => {
    const name = `${scope}.${next()}`;
    const fields: Field[] = [];
    messages.set(name, fields);
    at++;
    readBody(name, fields);
  };
  let scope = '';
  while (at < tokens.length) {
    const token = next();
    if (token === 'package') {
      scope = next();
      at++;
    } else if (token === 'message') readMessage(scope);
    else if (token === 'enum') readEnum(scope);
    else if (token === 'service' || token === 'extend') {
      at++;
      skipPair('{', '}');
    } else skipStatement();
  }
}

/** The full name of a type that a message refers to. */
function resolve(scope: string, type: string): string {
  if (scalars[type] !== undefined || type.startsWith('google.')) return type;
  const parts = scope.split('.');
  for (let length = parts.length; length >= 0; length--) {
    const name = [...parts.slice(0, length), type].join('.');
    if (messages.has(name) || enums.has(name)) return name;
  }
  return type.replace(/^\./, '');
}

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('node scripts/generate-envoy-types.ts FOLDER');
for (const entry of readdirSync(join(folder, 'envoy'), { recursive: true, withFileTypes: true }))
  if (entry.name.endsWith('.proto')) readProto(readFileSync(join(entry.parentPath, entry.name), 'utf8'));
for (const [name, fields] of messages) for (const field of fields) field.type = resolve(name, field.type);

const reached = new Set<string>();
const visit = (name: string): void => {
  if (reached.has(name)) return;
  if (messages.has(name) || enums.has(name)) reached.add(name);
  for (const { type } of messages.get(name) ?? []) visit(type);
};
for (const root of roots) {
  if (!messages.has(root)) throw new Error(`${root} is not in ${folder}`);
  visit(root);
}
const names = [...reached].sort();
const codeOf = (type: string): string => scalars[type] ?? (reached.has(type) ? `#${names.indexOf(type)}` : '?');
const lines = names.map((name) => {
  const values = enums.get(name);
  const content =
    values === undefined
      ? (messages.get(name) as Field[]).map((field) => `${field.name}:${field.prefix}${codeOf(field.type)}`).join(' ')
      : `= ${values.join(' ')}`;
  return `${name} ${content}`.trimEnd();
});
const extensions = [...messages.keys()]
  .filter((name) => /^envoy\.(?:config|extensions)\.[a-z0-9_.]+\.v3\.[A-Z]\w*$/.test(name) && !reached.has(name))
  .sort();
const byPackage = Object.entries(Object.groupBy(extensions, (name) => name.slice(0, name.lastIndexOf('.'))));
const others = byPackage.map(
  ([from, all]) => `${from} ${(all ?? []).map((name) => name.slice(from.length + 1)).join(' ')}`,
);
writeFileSync(
  new URL('../packages/kong-mesh/src/policies/mesh-proxy-patch/generated/envoy.ts', import.meta.url),
  `// Generated by scripts/generate-envoy-types.ts from Envoy's API (envoyproxy/data-plane-api, Apache-2.0); do not edit.
/** One type a line: its name, then its fields (\`name:type\`; \`#n\` is line n, \`*\` a list, \`%\` a map), or \`=\` and its values. */
export const types = String.raw\`${lines.join('\n')}\`;

/** Types whose fields are left out, by package. */
export const otherTypes = \`${others.join('\n')}\`;
`,
);
console.log(`${lines.length} types, ${extensions.length} others`);
