import { sluice, sluiceJson, type Report, type SluiceOptions } from './sluice';

/** The tables that are not equal, with what was found. */
export async function different(on: SluiceOptions): Promise<unknown[]> {
  const { code, document } = await sluiceJson<Report>(['verify', '--progress', 'none'], on);
  const unequal = document.tables.filter(({ verification }) => verification?.clean === false);
  if (code === 5 && unequal.length === 0) return [document]; // A sum, or a next id.
  return unequal.map(({ table, verification }) => [table, verification?.found.slice(0, 5)]);
}

/** Runs `follow` and kills it after some time. */
export async function followAndKill(on: SluiceOptions, afterMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await sluice(['follow'], {
    ...on,
    onStart: (pid) => {
      timer = setTimeout(() => process.kill(pid, 'SIGKILL'), afterMs);
    },
  });
  clearTimeout(timer);
}
