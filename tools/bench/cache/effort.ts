import type Redis from 'ioredis';

/** What some work took: time on the wall, and processor time of this process and of the server. */
export interface Effort {
  readonly ops: number;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly serverCpuMs: number;
}

/** The server's processor time is what matters on a machine where both share the cores. */
export async function effortOf(ops: number, server: Redis, work: () => Promise<unknown>): Promise<Effort> {
  const serverBefore = await serverCpuMs(server);
  const cpuBefore = process.cpuUsage();
  const startedMs = performance.now();
  await work();
  const wallMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  const serverAfter = await serverCpuMs(server);
  return { ops, wallMs, cpuMs: (user + system) / 1000, serverCpuMs: serverAfter - serverBefore };
}

export function sumOf(efforts: readonly Effort[]): Effort {
  const of = (value: (one: Effort) => number): number => efforts.reduce((sum, one) => sum + value(one), 0);
  return {
    ops: of(({ ops }) => ops),
    wallMs: of(({ wallMs }) => wallMs),
    cpuMs: of(({ cpuMs }) => cpuMs),
    serverCpuMs: of(({ serverCpuMs }) => serverCpuMs),
  };
}

/** `work` of 0 to `ops` - 1, by so many callers, each of which waits for its answer before it asks again. */
export async function byCallers(callers: number, ops: number, work: (i: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < ops) await work(next++);
  };
  await Promise.all(Array.from({ length: callers }, caller));
}

async function serverCpuMs(server: Redis): Promise<number> {
  const info = await server.info('cpu');
  const seconds = (name: string): number => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1] ?? NaN);
  return (seconds('used_cpu_user') + seconds('used_cpu_sys')) * 1000;
}
