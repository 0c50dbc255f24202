import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { peakMemoryBytes } from './peak-memory';

const MIB = 2 ** 20;

it('counts what the process itself has held, and not what its parent had', () => {
  const held = Buffer.alloc(200 * MIB, 1);
  expect(peakMemoryBytes()).toBeGreaterThan(held.length);
  const register = path.join(__dirname, '../../../../tools/swc-register.cjs');
  const script = `require(${JSON.stringify(register)});
    process.stdout.write(String(require(${JSON.stringify(path.join(__dirname, 'peak-memory.ts'))}).peakMemoryBytes()));`;
  const child = Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }));
  expect(child).toBeGreaterThan(10 * MIB);
  expect(child).toBeLessThan(190 * MIB);
});
