import { dieOfHangUp } from '@sluice/core';
import { exitCodes } from './exit-codes';
import { run } from './program';

// A reader that has seen enough (`sluice … | head`) ends neither the work nor its exit code. A document that its disk has no
// room for is lost: nobody may take what is there for the whole.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE' || process.exitCode !== undefined) return;
  process.exitCode = exitCodes.unavailable;
  process.stderr.write(`sluice: Standard output is not whole: ${error.message}\n`);
});

// A log on a full disk, or a terminal that was closed: nobody can be told, and the work is not to end for it.
process.stderr.on('error', () => undefined);

void run(process.argv).then((code) => {
  if (code === exitCodes.hungUp) dieOfHangUp();
  if (code !== exitCodes.done) process.exitCode = code;
});
