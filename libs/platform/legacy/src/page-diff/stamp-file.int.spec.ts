import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { tempDir, type TempDir } from '@sluice/testing';
import { readStamps, removeStamps, writeStamps } from './stamp-file';
import type { TableStamps } from './stamp-table';
import { HASH_BYTES, StampBuilder } from './stamps';

let directory: TempDir;
let file: string;
beforeEach(async () => {
  directory = await tempDir();
  file = path.join(directory.path, 'a.stamps');
});
afterEach(() => directory.remove());

function someStamps(count: number): TableStamps {
  const built = new StampBuilder();
  for (let i = 0; i < count - 1; i++) built.add(BigInt(i) ** 5n - 1000n, `${i}`.padStart(HASH_BYTES, 'ÿ'));
  built.add(null, 'last'.padStart(HASH_BYTES));
  return { shape: 'leaves: CREATE TABLE t (ä TEXT)', stamps: built.finish() };
}

describe('stamps in a file', () => {
  it.each([1, 2, 1000])('come back as they were, %i of them, and leave nothing beside it', (count) => {
    const written = someStamps(count);
    writeStamps(file, written);
    expect(readStamps(file)).toEqual(written);
    expect(readdirSync(directory.path)).toEqual(['a.stamps']);
  });

  it('are replaced as a whole', () => {
    writeStamps(file, someStamps(100));
    writeStamps(file, someStamps(3));
    expect(readStamps(file)).toEqual(someStamps(3));
  });

  it('are nothing where the file is absent, also after it was removed', () => {
    expect(readStamps(file)).toBeNull();
    writeStamps(file, someStamps(2));
    removeStamps(file);
    expect([readStamps(file), existsSync(file)]).toEqual([null, false]);
  });

  it('are nothing where any byte of the file is another', () => {
    writeStamps(file, someStamps(4));
    const bytes = readFileSync(file);
    for (let at = 0; at < bytes.length; at++) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      writeFileSync(file, damaged);
      if (readStamps(file) !== null) throw new Error(`byte ${at} does not matter`);
    }
  });

  it('are nothing where the file was cut off or is somebody else’s', () => {
    writeStamps(file, someStamps(4));
    const bytes = readFileSync(file);
    for (let size = 0; size < bytes.length; size++) {
      writeFileSync(file, bytes.subarray(0, size));
      if (readStamps(file) !== null) throw new Error(`${size} bytes are enough`);
    }
    writeFileSync(file, Buffer.concat([bytes, bytes]));
    expect(readStamps(file)).toBeNull();
  });
});
