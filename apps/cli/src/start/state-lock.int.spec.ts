import { tempDir, type TempDir } from '@sluice/testing';
import { AlreadyStartedError, StateLock } from './state-lock';

let dir: TempDir;
beforeEach(async () => {
  dir = await tempDir();
});
afterEach(() => dir.remove());

describe('the lock of a state folder', () => {
  it('lets one in and names it to the next', () => {
    const lock = StateLock.take(dir.path, 'first@host pid 1');
    expect(() => StateLock.take(dir.path, 'second@host pid 2')).toThrow(AlreadyStartedError);
    expect(() => StateLock.take(dir.path, 'second@host pid 2')).toThrow('first@host pid 1');
    lock.release();
    StateLock.take(dir.path, 'second@host pid 2').release();
  });

  it('does not mistake another failure for a holder', () => {
    expect(() => StateLock.take('/dev/null', 'me')).toThrow('--state-dir names no folder that can be written');
  });
});
