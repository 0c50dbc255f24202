import { setTimeout as delay } from 'node:timers/promises';
import Redis from 'ioredis';
import { entrants, pickOf } from './contestants';
import { CALLERS, LOAD_MS, RUNS_KEY } from './stampede';

/** Says when it is ready, asks when it is told to, and answers how long the slowest caller waited. */
export async function run(url: string, name: string): Promise<void> {
  const entrant = entrants.find((one) => one.name === name);
  if (!entrant?.shared) throw new Error(`No contestant is called ${name}, or it does not share.`);
  const counting = new Redis(url);
  const load = async () => {
    await counting.incr(RUNS_KEY);
    await delay(LOAD_MS);
    return pickOf(1);
  };
  const contestant = await entrant.open({ url, tiers: entrant.shared, load });
  await counting.ping();
  process.once('message', async (startMs: number) => {
    await delay(startMs - Date.now());
    const askedMs = performance.now();
    await Promise.all(Array.from({ length: CALLERS }, () => contestant.get('stampede')));
    process.send?.({ slowestMs: performance.now() - askedMs }, () => process.exit());
  });
  process.send?.('ready');
}
