import { readFileSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import { tempDir, type TempDir } from '@sluice/testing';
import { bestCompression } from './compression';
import { checkStored, discard, readStored, readWhole, storeFile, type StoredFile } from './stored-file';

let dir: TempDir;
let stored: StoredFile;
const options = () => ({
  ...{ folder: dir.path, compression: bestCompression(), signal: new AbortController().signal },
  onBytes: () => undefined,
});
beforeEach(async () => {
  dir = await tempDir();
  ({ stored } = await storeFile('a', [Buffer.from('one\ntwo\n'), Buffer.alloc(100_000, 'x')], options()));
});
afterEach(() => dir.remove());

it('gives back what it took, smaller on disk, and for its account alone', async () => {
  expect((await readWhole(stored, options())).subarray(0, 9).toString()).toBe('one\ntwo\nx');
  expect(stored.rawBytes).toBe(100_008);
  expect(readFileSync(path.join(dir.path, 'a')).length).toBe(stored.bytes);
  expect(stored.bytes).toBeLessThan(1_000);
});

it('says of a full disk under its sink that it is full, not that the backup is damaged', async () => {
  const full = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('full'), { code: 'ENOSPC' })),
  });
  await expect(readStored(stored, full, options())).rejects.toMatchObject({ code: 'ENOSPC' });
});

it.each([
  ['cut off', () => truncateSync(path.join(dir.path, 'a'), stored.bytes - 20)],
  [
    'another file',
    () =>
      storeFile('b', [Buffer.from('other')], options()).then(
        (other) => (stored = { ...stored, file: other.stored.file }),
      ),
  ],
  ['gone', () => (stored = { ...stored, file: 'c' })],
])('calls a file that is %s damaged, packed and unpacked', async (_what, damage) => {
  await damage();
  await expect(readStored(stored, discard(), options())).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
  await expect(checkStored(stored, options())).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
});
