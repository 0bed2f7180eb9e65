import { expect, test } from 'vitest';
import { nameWords, tasks } from './content/tasks.ts';
import { commandText, isName, piecesOfCommand } from './names.ts';

const names = {
  service: 'seats',
  namespace: 'sales',
  mesh: 'air',
  zone: 'east',
  system: 'kong-mesh-system',
  pod: 'seats-1',
};
const commands = tasks.flatMap(({ id, istio, kong }) => [...istio, ...kong].map(({ text }) => [id, text] as const));

test('names of the estate take the place of placeholders', () => {
  expect(piecesOfCommand('kumactl inspect dataplane {pod}.{namespace} -m {mesh} <file>', names)).toEqual([
    { kind: 'text', text: 'kumactl inspect dataplane ' },
    { kind: 'name', text: 'seats-1' },
    { kind: 'text', text: '.' },
    { kind: 'name', text: 'sales' },
    { kind: 'text', text: ' -m ' },
    { kind: 'name', text: 'air' },
    { kind: 'text', text: ' ' },
    { kind: 'open', text: '<file>' },
  ]);
});

test('a name that is not known, or that a shell could take for something else, stays a placeholder', () => {
  expect(commandText('get {pod} -n {namespace}', { namespace: 'sales' })).toBe('get <pod> -n sales');
  for (const odd of ['a; reboot', '$(reboot)', 'a b', '-rf', '', 'A', 'a`b`', '../x']) {
    expect(isName(odd)).toBe(false);
    expect(commandText('get {namespace}', { namespace: odd })).toBe('get <namespace>');
  }
});

test.each(commands)('%s: `%s` is filled, or shows what is to be filled in', (_, text) => {
  // What a template may name; other braces are those of JSONPath and JSON.
  const named = [...text.matchAll(/\{([a-z]+)\}/g)].map((match) => match[1]);
  for (const name of named) expect(Object.keys(nameWords)).toContain(name);
  expect(commandText(text, names)).not.toMatch(/\{[a-z]+\}|undefined/);
  const open = piecesOfCommand(text, {}).filter(({ kind }) => kind === 'open');
  for (const piece of open) expect(piece.text).toMatch(/^<[a-z][a-z-]*>$/);
  expect(open.length).toBeGreaterThanOrEqual(named.length);
});

test('tasks cover both meshes, each once, and say what there is instead where one has nothing', () => {
  expect(tasks.length).toBeGreaterThanOrEqual(25);
  expect(new Set(tasks.map(({ id }) => id)).size).toBe(tasks.length);
  for (const { id, istio, kong, note } of tasks) {
    expect(istio.length + kong.length, id).toBeGreaterThan(0);
    if (kong.length === 0 || istio.length === 0 || kong.every(({ only }) => only !== undefined))
      expect(note, id).toBeDefined();
  }
  expect(tasks.filter(({ istio, kong }) => istio.length > 0 && kong.length > 0).length).toBeGreaterThanOrEqual(25);
});

test('what kumactl does not have is not used', () => {
  for (const [, text] of commands) {
    expect(text).not.toMatch(/inspect (services|zoneingress|zoneegress|meshgateway)|install observability|--scope/);
    // `--type` belongs to a single dataplane.
    expect(text).not.toMatch(/inspect dataplanes .*--type/);
  }
});
