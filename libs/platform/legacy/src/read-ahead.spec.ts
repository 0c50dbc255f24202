import { readAhead } from './read-ahead';
import type { RawFile } from './raw-files';
import { atOnce } from './steps';

const MiB = 1 << 20;

/** A file of so many bytes that notes where it is read. */
function file(sizeBytes: number) {
  const at: number[] = [];
  const read: RawFile['read'] = (into, position) => {
    at.push(position);
    return Math.max(0, Math.min(into.length, sizeBytes - position));
  };
  return { at, read, stat: () => ({ sizeBytes }) as ReturnType<RawFile['stat']> };
}

it('reads a file from its beginning to its end, block behind block', () => {
  const read = file(3 * MiB + 1);
  atOnce(readAhead(read));
  expect(read.at).toEqual([0, MiB, 2 * MiB, 3 * MiB]);
});

it('reads nothing of a file that would not stay in memory', () => {
  const read = file(process.availableMemory());
  atOnce(readAhead(read));
  expect(read.at).toEqual([]);
});

it('leaves a place that the disk does not give to whoever needs what is there', () => {
  const whole = file(3 * MiB);
  const read: RawFile['read'] = (into, position) => {
    if (position === MiB) throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO', syscall: 'read' });
    return whole.read(into, position);
  };
  expect(() => atOnce(readAhead({ ...whole, read }))).not.toThrow();
});
