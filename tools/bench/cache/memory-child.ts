import { setTimeout as delay } from 'node:timers/promises';
import { entrants, pickOf } from './contestants';
import { byCallers } from './effort';

const ENTRIES = 20_000;

/** Answers the bytes of heap for one entry of memory, with its value. */
export async function run(url: string, name: string, collect: () => void): Promise<void> {
  const entrant = entrants.find((one) => one.name === name);
  if (!entrant) throw new Error(`No contestant is called ${name}.`);
  const load = async (key: string) => pickOf(Number(key.slice(4)));
  const contestant = await entrant.open({ url, tiers: 'memory first', load });
  await contestant.get('key-0');
  const heapBytes = async (): Promise<number> => {
    await delay(200);
    collect();
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = await heapBytes();
  await byCallers(100, ENTRIES, (i) => contestant.get(`key-${i + 1}`));
  const bytes = Math.round(((await heapBytes()) - before) / ENTRIES);
  await contestant.get('key-1'); // It must be held until here.
  process.send?.(bytes, () => process.exit());
}
