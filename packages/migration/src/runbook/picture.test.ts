import { expect, test } from 'vitest';
import type { Drawing } from '../bridge/diagram.ts';
import { pictureOf } from './picture.ts';

const node = (id: string, side: 'istio' | 'bridge' | 'kong', name = `shop/${id}`): Drawing['nodes'][number] => ({
  id,
  side,
  name,
  detail: 'discovered',
  members: [name],
});
const stations: Drawing['stations'] = [
  { id: 'ingress', side: 'istio', name: 'Istio ingress gateway' },
  { id: 'kongGateway', side: 'kong', name: 'Kong Gateway' },
];
const count = (text: string, part: string): number => text.split(part).length - 1;

test('each mesh has a panel, each box its name, each call a line that says who calls whom', () => {
  const [cart, pay, stock] = [node('cart', 'istio'), node('pay', 'bridge'), node('stock', 'kong')] as const;
  const svg = pictureOf(
    {
      stations,
      nodes: [cart, pay, stock],
      edges: [
        { from: cart, to: pay, isClosed: false },
        { from: cart, to: stock, isClosed: true },
      ],
      hasGateway: true,
    },
    '3 services',
  );
  expect(svg).toContain('role="img" aria-label="3 services"');
  for (const title of ['>Istio<', '>In both meshes<', '>Kong Mesh<', '>Kong Gateway<', '>shop/pay<'])
    expect(svg).toContain(title);
  expect(svg).toContain('<path class="crossEdge"');
  expect(svg).toContain('<title>shop/cart calls shop/pay</title>');
  expect(svg).toContain('<title>shop/cart calls shop/stock: there is no way</title>');
});

test('names are text, and without services in both meshes there is no panel for them', () => {
  const svg = pictureOf(
    { stations, nodes: [node('a', 'istio', '<script>"x"')], edges: [], hasGateway: false },
    'a < b',
  );
  expect(svg).not.toContain('<script');
  expect(svg).toContain('&lt;script&gt;&quot;x&quot;');
  expect(svg).toContain('aria-label="a &lt; b"');
  expect(svg).not.toContain('In both meshes');
});

test('of many calls only those that cross are drawn, which is said; boxes stand in columns side by side, within the picture', () => {
  const istio = Array.from({ length: 40 }, (_, index) => node(`i${index}`, 'istio'));
  const kong = node('k', 'kong');
  const edges = istio.flatMap((from, index) => [
    { from, to: istio[(index + 1) % 40] as (typeof istio)[number], isClosed: false },
    { from, to: kong, isClosed: false },
  ]);
  const svg = pictureOf({ stations, nodes: [...istio, kong], edges, hasGateway: false }, 'many');
  expect(count(svg, 'class="crossEdge"')).toBe(40);
  expect(count(svg, 'class="istioEdge"')).toBe(0);
  expect(svg).toContain('Calls within one mesh are not drawn');
  const [, width = 0, height = 0] = (/viewBox="0 0 (\d+) (\d+)" style/.exec(svg) ?? []).map(Number);
  const rects = [...svg.matchAll(/<rect class="(?:istio|kong)" x="(\d+)" y="(\d+)" width="(\d+)" height="(\d+)"/g)];
  const places = rects.map(([, ...numbers]) => numbers.map(Number) as [number, number, number, number]);
  expect(places).toHaveLength(43);
  expect(new Set(places.map(([x]) => x)).size).toBe(4);
  for (const [x, y, w, h] of places) {
    expect(x + w).toBeLessThanOrEqual(width);
    expect(y + h).toBeLessThanOrEqual(height);
  }
  expect(new Set(places.map(([x, y]) => `${x} ${y}`)).size).toBe(43);
});
