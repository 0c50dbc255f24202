import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeFolder } from './make-folder';

let dir = '';
beforeEach(() => (dir = mkdtempSync(path.join(tmpdir(), 'sluice-'))));
afterEach(() => rmSync(dir, { recursive: true }));

it('makes what is missing on the way, once', () => {
  const folder = path.join(dir, 'a', 'b');
  makeFolder(folder, 0o700);
  makeFolder(folder);
  expect([folder, path.dirname(folder)].map((place) => statSync(place).mode & 0o777)).toEqual([0o700, 0o700]);
});

it('says why where nothing can be made', () => {
  const file = path.join(dir, 'file');
  writeFileSync(file, '');
  expect(() => makeFolder(file)).toThrow('EEXIST');
  expect(() => makeFolder(path.join(file, 'below'))).toThrow('ENOTDIR');
  expect(() => makeFolder('/proc/nothing/below')).toThrow('ENOENT');
});
