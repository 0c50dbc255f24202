import { until } from '@sluice/testing';
import Redis from 'ioredis';
import { aNode, closeAll } from './node.fixture';

/**
 * A process of its own for the tests of several: `<url> <callers> <loader's ms> <lease's ms>`. It says `ready`, begins when
 * `go` is in Redis, counts the loader's runs there, and ends with the distinct answers as JSON.
 */
async function main([url = '', callers = '1', loaderMs = '0', leaseMs = '0']: readonly string[]): Promise<void> {
  const { quotes } = await aNode(url, { leaseMs: Number(leaseMs) });
  const client = new Redis(url);
  await client.incr('ready');
  await until(() => client.exists('go'));
  const load = async (): Promise<string> => {
    const run = await client.incr('loads');
    await new Promise((resolve) => setTimeout(resolve, Number(loaderMs)));
    return `value ${run}`;
  };
  const answers = await Promise.all(Array.from({ length: Number(callers) }, () => quotes.getOrLoad('cold', load)));
  process.stdout.write(JSON.stringify([answers.length, ...new Set(answers)]));
  client.disconnect();
  await closeAll();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(String(error));
  process.exitCode = 1;
});
