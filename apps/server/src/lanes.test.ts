import { expect, test } from 'vitest';
import { createLanes } from './lanes.ts';

const gone = (): Error => new Error('gone');

/** Jobs that end when they are told to, with the order and the lanes in which they began. */
function jobs(count: number) {
  const lanes = createLanes(count, gone);
  const begun: [name: string, lane: number][] = [];
  const ends = new Map<string, () => void>();
  const ask = (name: string, of: string, keeps = of, left?: AbortSignal): Promise<string> =>
    lanes.run({
      of,
      keeps,
      left,
      run: (lane) => {
        begun.push([name, lane]);
        return new Promise((resolve) => ends.set(name, () => resolve(name)));
      },
    });
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { ask, begun, end, forget: lanes.forget, names: () => begun.map(([name]) => name) };
}

test('one migration never takes all lanes, and others need not wait for its slow views', async () => {
  const { ask, names, end } = jobs(2);
  void ask('a1', 'a');
  void ask('a2', 'a', 'other snapshot');
  const other = ask('b1', 'b');
  expect(names()).toEqual(['a1', 'b1']);
  await end('b1');
  expect(await other).toBe('b1');
  expect(names()).toEqual(['a1', 'b1']);
  await end('a1');
  expect(names()).toEqual(['a1', 'b1', 'a2']);
});

test('whoever was served longest ago comes first, however much others asked for', async () => {
  const { ask, names, end } = jobs(1);
  for (const name of ['a1', 'a2', 'a3']) void ask(name, 'a');
  void ask('b1', 'b');
  await end('a1');
  await end('b1');
  await end('a2');
  expect(names()).toEqual(['a1', 'b1', 'a2', 'a3']);
});

test('a lane that keeps what is needed is taken, as long as its thread lives', async () => {
  const { ask, begun, end, forget } = jobs(2);
  void ask('a1', 'a');
  void ask('b1', 'b');
  await end('a1');
  await end('b1');
  void ask('b2', 'b');
  expect(begun.at(-1)).toEqual(['b2', 1]);
  await end('b2');
  forget(1);
  void ask('b3', 'b');
  void ask('a2', 'a');
  expect(begun.slice(-2)).toEqual([
    ['b3', 1],
    ['a2', 0],
  ]);
});

test('what nobody waits for is not begun; what runs ends before its lane is free', async () => {
  const { ask, names, end } = jobs(1);
  const [first, second] = [new AbortController(), new AbortController()];
  const running = ask('a1', 'a', 'a', first.signal);
  const waiting = ask('a2', 'a', 'a', second.signal);
  void ask('a3', 'a');
  second.abort();
  await expect(waiting).rejects.toThrow('gone');
  first.abort();
  await expect(running).rejects.toThrow('gone');
  expect(names()).toEqual(['a1']);
  await end('a1');
  expect(names()).toEqual(['a1', 'a3']);
  await expect(ask('a4', 'a', 'a', second.signal)).rejects.toThrow('gone');
});
