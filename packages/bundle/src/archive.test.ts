import { unpack } from '@isthmus/kubernetes';
import { expect, test } from 'vitest';
import { type ArchiveFormat, archive } from './archive.ts';

const files = [
  { path: '10-access/mesh-wide.yaml', text: 'kind: MeshTrafficPermission\n' },
  { path: 'README.md', text: '# Ä bundle\n' },
  { path: `${'deep/'.repeat(30)}file.yaml`, text: '' },
];

test.each<ArchiveFormat>(['zip', 'tar.gz'])(
  'a %s holds the files, and the same files give the same bytes',
  async (format) => {
    const packed = await archive(files, format);
    const read: { path: string; text: string }[] = [];
    for await (const part of unpack(`bundle.${format}`, packed)) {
      if ('diagnostic' in part) throw new Error(part.diagnostic.message);
      read.push({ path: part.path, text: new TextDecoder().decode(part.bytes) });
    }
    expect(read).toEqual(files);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(Buffer.from(await archive(files, format)).equals(packed)).toBe(true);
  },
);
