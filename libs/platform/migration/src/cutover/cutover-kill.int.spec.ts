import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '@sluice/core';
import { run } from '@sluice/testing';
import { advance, rollBack, type CutoverChange, type CutoverPoint } from './change-mode';
import type { Order } from './cutover-child.fixture';
import { CutoverBench } from './cutover.fixture';

const register = path.resolve(__dirname, '../../../../../tools/swc-register.cjs');
const child = path.join(__dirname, 'cutover-child.fixture.ts');

let cutover: CutoverBench;
beforeAll(async () => {
  cutover = await CutoverBench.open();
  await advance({ ...cutover.options(), to: 'legacy' });
});
afterAll(() => cutover.close());

async function killed(act: Order['act'], point: CutoverPoint): Promise<void> {
  const order: Order = { act, point, url: cutover.bench.database.url, root: path.dirname(cutover.bench.file) };
  const { signal, stderr } = await run(process.execPath, ['-r', register, child, JSON.stringify(order)]);
  expect([act, point, signal, stderr]).toEqual([act, point, 'SIGKILL', '']);
}

/** The server hears of a killed process when its socket closes, which takes a moment. */
async function again(work: () => Promise<CutoverChange[]>): Promise<CutoverChange[]> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DomainError) || !['CUTOVER_LOCK_HELD', 'DOMAIN_BUSY'].includes(error.code)) throw error;
      await delay(20);
    }
  }
}

/** The guard and the queue are what the mode says: no process is in a third one. */
async function expectOneOf(modes: readonly string[]): Promise<void> {
  const mode = await cutover.mode();
  expect(modes).toContain(mode);
  // Undone by its own error.
  const tried = cutover.client.query(`DO $$ DECLARE id bigint; BEGIN
    INSERT INTO runs (name, made_at) VALUES ('tried', now()) RETURNING runs.id INTO id;
    RAISE EXCEPTION 'queued: %', (SELECT count(*) FROM migration_outbox WHERE row_key = id); END $$`);
  await expect(tried).rejects.toMatchObject(mode === 'legacy' ? { code: 'SL001' } : { message: 'queued: 1' });
}

it('is in one of two modes after kill -9 at any point, and the same command completes it', async () => {
  const points: CutoverPoint[] = ['locked', 'checked', 'changing', 'changed'];
  const ids: string[] = [];
  for (const [n, point] of points.entries()) {
    await killed('advance', point);
    await expectOneOf(['legacy', 'dual']);
    await again(() => advance({ ...cutover.options(), to: 'dual' }));
    expect(await cutover.mode()).toBe('dual');
    const { rows } = await cutover.client.query<{ id: string }>(
      `INSERT INTO runs (name, made_at) VALUES ($1, '2026-11-03 10:00:00+00') RETURNING id`,
      [`write ${n}`],
    );
    ids.push(rows[0]!.id);
    if (n % 2 === 0) await cutover.drain(); // Else it is still on its way.
    const carrying = new AbortController();
    const carried = (async () => {
      while (!carrying.signal.aborted) {
        await cutover.drain();
        await delay(10);
      }
    })();
    await killed('rollBack', point === 'checked' ? 'fenced' : point);
    await expectOneOf(['legacy', 'dual']);
    await again(() => rollBack(cutover.options()));
    carrying.abort();
    await carried;
    expect(await cutover.mode()).toBe('legacy');
    expect(cutover.names().at(-1)).toBe(`write ${n}`);
  }
  expect(new Set(ids).size).toBe(ids.length);
  expect(cutover.names()).toEqual(['a', 'b', 'write 0', 'write 1', 'write 2', 'write 3']);
  const { rows } = await cutover.client.query<{ modes: string }>(
    `SELECT string_agg(detail->>'to', ' ' ORDER BY seq) AS modes FROM migration_audit WHERE action = 'domain.mode'`,
  );
  expect(rows[0]?.modes).toBe('legacy dual legacy dual legacy dual legacy dual legacy');
});
