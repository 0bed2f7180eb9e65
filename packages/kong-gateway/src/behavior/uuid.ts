const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

/** SHA-1 of some bytes, without the platform's own, which answers later only. */
function sha1(bytes: Uint8Array): Uint8Array {
  const length = bytes.length;
  const padded = new Uint8Array((((length + 8) >> 6) + 1) << 6);
  padded.set(bytes);
  padded[length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, length << 3);
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  const words = new Int32Array(80);
  for (let block = 0; block < padded.length; block += 64) {
    for (let index = 0; index < 80; index++)
      words[index] =
        index < 16
          ? view.getInt32(block + index * 4)
          : rotate(
              (words[index - 3] as number) ^
                (words[index - 8] as number) ^
                (words[index - 14] as number) ^
                (words[index - 16] as number),
              1,
            );
    let [a, b, c, d, e] = state as [number, number, number, number, number];
    for (let index = 0; index < 80; index++) {
      const [mixed, constant] =
        index < 20
          ? [(b & c) | (~b & d), 0x5a827999]
          : index < 40
            ? [b ^ c ^ d, 0x6ed9eba1]
            : index < 60
              ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
              : [b ^ c ^ d, 0xca62c1d6];
      const next = (rotate(a, 5) + mixed + e + constant + (words[index] as number)) | 0;
      [a, b, c, d, e] = [next, a, rotate(b, 30), c, d];
    }
    for (const [index, value] of [a, b, c, d, e].entries()) state[index] = ((state[index] as number) + value) | 0;
  }
  const digest = new DataView(new ArrayBuffer(20));
  for (const [index, value] of state.entries()) digest.setInt32(index * 4, value);
  return new Uint8Array(digest.buffer);
}

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** A UUID of version 5: of a name in a namespace (RFC 9562). */
export function uuidOf(namespace: string, name: string): string {
  const space = Uint8Array.from(namespace.replaceAll('-', '').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  const digest = sha1(new Uint8Array([...space, ...new TextEncoder().encode(name)])).slice(0, 16);
  digest[6] = ((digest[6] as number) & 0x0f) | 0x50;
  digest[8] = ((digest[8] as number) & 0x3f) | 0x80;
  return hex(digest).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

// go-kong 0.78 kong/ids.go.
const routes = uuidOf('fd02801f-0957-4a15-a55a-c8d9606f30b5', 'routes');

/** The id that Kong's ingress controller gives to a route (FillIDs, on by default), in the workspace that a node without RBAC has. */
export const routeId = (name: string): string => uuidOf(routes, name);

/** The id of one of the routes into which Kong's traditional_compatible router divides another (kong/router/transform.lua, 3.9). */
export const dividedId = (id: string, part: number): string =>
  uuidOf('7f145bf9-0dce-4f91-98eb-debbce4b9f6b', `${id}#${part}`);
