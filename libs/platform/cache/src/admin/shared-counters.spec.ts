import { CacheEngine } from '../engine/cache-engine';
import { Quotes } from '../engine/quotes.fixture';
import { systemScheduler } from '../engine/scheduler';
import { MemoryTier2 } from '../tier2/memory-tier2';
import { Tier2Error } from '../tier2/tier2.errors';
import { SharedCounters } from './shared-counters';

let tier2: MemoryTier2;
const engines: CacheEngine[] = [];

function aProcess() {
  const engine = new CacheEngine({ tier2 });
  engines.push(engine);
  const quotes = new Quotes(engine);
  return { engine, quotes, shared: new SharedCounters(engine, quotes.space, 'quotes:meta') };
}

beforeEach(() => void (tier2 = new MemoryTier2(systemScheduler)));
afterEach(() => Promise.all(engines.splice(0).map((engine) => engine.close())));

it('adds up what all processes did, and asks the shared tier for none of it', async () => {
  const [one, two] = [aProcess(), aProcess()];
  const asked = jest.spyOn(tier2, 'count');
  await one.quotes.set('A', 1);
  await one.quotes.get('A');
  await two.quotes.get('A');
  await two.quotes.get('B');
  await two.quotes.deleteMany(['A', 'B']);
  expect(asked).not.toHaveBeenCalled();
  await one.engine.look();
  await two.engine.look();
  expect(await tier2.count('quotes:meta', {})).toEqual({ hits: 2, misses: 1, writes: 1, invalidations: 1 });
  expect(await two.shared.read()).toEqual({ hits: 2, misses: 1, writes: 1, invalidations: 1 });
});

it('sends nothing while nothing happens, and the rest before the end', async () => {
  const { engine, quotes } = aProcess();
  const asked = jest.spyOn(tier2, 'count');
  await engine.look();
  expect(asked).not.toHaveBeenCalled();
  await quotes.get('A');
  await engine.close();
  expect(asked.mock.calls).toEqual([['quotes:meta', { misses: 1 }]]);
});

it('keeps what the shared tier did not take, and is no reason to believe that it is away', async () => {
  const { engine, quotes, shared } = aProcess();
  await quotes.get('A');
  const refused = new Tier2Error('Another program left something else there.', 'other-reply');
  const count = jest.spyOn(tier2, 'count').mockRejectedValue(refused);
  expect(await engine.look()).toBe(true);
  await expect(shared.read()).rejects.toMatchObject({
    message: expect.stringContaining('quotes:meta is no hash'),
    cause: refused,
  });
  count.mockRestore();
  await quotes.get('B');
  expect(await shared.read()).toMatchObject({ misses: 2 });
});

it('takes what is no number for the work of another program, and does not show it as null', async () => {
  const { shared } = aProcess();
  jest.spyOn(tier2, 'count').mockResolvedValue({ hits: NaN });
  await expect(shared.read()).rejects.toThrow('quotes:meta is no hash of whole numbers');
});
