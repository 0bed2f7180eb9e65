/** An IP address as a number, with its width in bits; undefined where a text is none. */
function parseAddress(text: string): { readonly value: bigint; readonly bits: number } | undefined {
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (four !== null) {
    const parts = four.slice(1).map(Number);
    if (parts.some((part) => part > 255)) return undefined;
    return { value: parts.reduce((value, part) => (value << 8n) + BigInt(part), 0n), bits: 32 };
  }
  if (!/^[0-9a-fA-F:]+$/.test(text) || !text.includes(':')) return undefined;
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const left = groups(head);
  const right = tail === undefined ? [] : groups(tail);
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...left, ...Array<string>(missing).fill('0'), ...right];
  if (all.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return { value: all.reduce((value, group) => (value << 16n) + BigInt(`0x${group}`), 0n), bits: 128 };
}

/** Whether a text is an IP address. */
export function isAddress(text: string): boolean {
  return parseAddress(text) !== undefined;
}

/** Whether an address is one, or in the range of one, that a block such as `10.0.0.0/8` or `10.1.2.3` says. */
export function addressWithin(address: string, block: string): boolean {
  const [network = '', length] = block.split('/');
  const left = parseAddress(address);
  const right = parseAddress(network);
  if (left === undefined || right === undefined || left.bits !== right.bits) return false;
  const shift = BigInt(left.bits - (length === undefined ? left.bits : Number(length)));
  return left.value >> shift === right.value >> shift;
}
