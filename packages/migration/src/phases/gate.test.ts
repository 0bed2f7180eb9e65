import { expect, test } from 'vitest';
import { type GateFacts, gateOf, isForward, type Phase, phaseOrder, sentenceOfGate } from './gate.ts';

const clean: GateFacts = {
  service: 'shop/cart',
  from: 'discovered',
  untranslated: [],
  blockers: [],
  checks: [],
  verdicts: [],
  access: [],
  accessInPhase: [],
  order: [],
  ways: [],
  rulesAcross: [],
  trust: [],
  approvals: { needed: 1, given: [{ text: 'Ann: tried both ways' }] },
  share: 100,
  callers: [],
};
const against = (to: Phase, own: Partial<GateFacts>): string[] =>
  gateOf(to, { ...clean, ...own }).conditions.flatMap(({ id, state }) => (state === 'holds' ? [] : [`${id} ${state}`]));

test('with nothing against it a service goes through all phases, one by one', () => {
  for (const [index, to] of phaseOrder.entries()) {
    const from = phaseOrder[index - 1];
    if (from !== undefined) expect(gateOf(to, { ...clean, from })).toMatchObject({ open: true, from, to });
  }
});

test('a phase cannot be left out, and going back needs no evidence', () => {
  expect(against('migrated', {})).toEqual(['previous fails']);
  expect(gateOf('discovered', { ...clean, from: 'migrated', blockers: undefined })).toMatchObject({
    open: true,
    conditions: [],
  });
  expect(gateOf('rolled-back', { ...clean, from: 'shifting', blockers: undefined }).open).toBe(true);
  expect(against('bridged', { from: 'rolled-back' })).toEqual([]);
  expect(against('shifting', { from: 'rolled-back' })).toEqual(['previous fails']);
  expect([isForward('reviewed', 'reviewed'), isForward('rolled-back', 'translated')]).toEqual([false, true]);
});

const one = [{ text: 'something' }];
test.each<[Phase, Phase, Partial<GateFacts>, string[]]>([
  ['discovered', 'translated', { untranslated: one }, ['translated fails']],
  ['translated', 'reviewed', { blockers: one, checks: one }, ['blockers fails', 'checks fails']],
  ['translated', 'reviewed', { verdicts: undefined, access: undefined }, ['verdicts unknown', 'access unknown']],
  ['translated', 'reviewed', { ways: one }, []],
  ['reviewed', 'bridged', { order: one, ways: one, trust: one }, ['order fails', 'ways fails', 'trust fails']],
  ['reviewed', 'bridged', { accessInPhase: one }, ['access-in-phase fails']],
  ['reviewed', 'bridged', { rulesAcross: one }, ['rules-across fails']],
  ['shifting', 'migrated', { rulesAcross: undefined }, ['rules-across unknown']],
  ['translated', 'reviewed', { betweenClusters: one }, ['between-clusters fails']],
  ['reviewed', 'bridged', { betweenClusters: undefined }, ['between-clusters unknown']],
  ['shifting', 'migrated', { betweenClusters: one }, ['between-clusters fails']],
  ['shifting', 'migrated', { betweenClusters: [] }, []],
  ['bridged', 'shifting', { approvals: { needed: 2, given: one } }, ['approvals fails']],
  ['bridged', 'shifting', { approvals: { needed: 0, given: [] } }, []],
  ['bridged', 'shifting', { blockers: one }, ['blockers fails']],
  ['shifting', 'migrated', { share: 50 }, ['share fails']],
  ['shifting', 'migrated', { share: undefined, blockers: one }, []],
  ['migrated', 'retired', { callers: one }, ['callers fails']],
])('from %s to %s with %j', (from, to, own, expected) => {
  expect(against(to, { ...own, from })).toEqual(expected);
});

test('a shut gate says all of its reasons, and some of the evidence', () => {
  const many = Array.from({ length: 50 }, (_, index) => ({ text: `finding ${index}` }));
  const gate = gateOf('reviewed', { ...clean, from: 'translated', blockers: many, verdicts: undefined });
  expect(gate.conditions.find(({ id }) => id === 'blockers')).toMatchObject({
    total: 50,
    detail: '50 findings about it block.',
  });
  expect(gate.conditions.find(({ id }) => id === 'blockers')?.evidence).toHaveLength(20);
  expect(sentenceOfGate(gate)).toBe(
    'shop/cart cannot become reviewed yet: 50 findings about it block; Its behaviour has not been compared.',
  );
});
