import { run } from './program';

// A reader that has seen enough (`sluice … | head`) ends neither the work nor its exit code.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

void run(process.argv).then((code) => {
  process.exitCode = code;
});
