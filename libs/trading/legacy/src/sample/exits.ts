import { day, hour, minute, second } from './legacy-time';
import { exitReasons } from './market';
import { Random } from './random';
import type { Pick, Run } from './top-picks';

/** How a pick ended. Recommendations, outcomes and the exit files all tell the same end. */
export interface Exit {
  readonly reason: string;
  readonly price: number;
  /** True UTC. */
  readonly exitUs: number;
  readonly evaluatedUs: number;
  /** In the direction of the trade; the exit tracker rounds it to 2 decimals, the evaluator does not round. */
  readonly returnPct: number;
}

const holdingDays = { Scalping: 0, Intraday: 0, Swing: 5, Options: 3, Futures: 3 } as const;

/** The end of a pick; null where it has no price or has not ended before `nowUs`, and for one in ten without a reason. */
export function makeExit(seed: number, run: Run, pick: Pick, nowUs: number): Exit | null {
  const random = Random.for(seed, 'exit', run.id * 64 + pick.rank);
  if (pick.price === null || random.chance(0.1)) return null;
  const price = Number((pick.price * (0.97 + random.next() * 0.06)).toFixed(2));
  const returnPct = ((price - pick.price) / pick.price) * 100 * (pick.short ? -1 : 1);
  if (run.mode === 'Scalping') {
    const exitUs = run.endUs + random.int(5 * minute, 60 * minute);
    const reason = random.pick(exitReasons);
    return {
      reason,
      price,
      exitUs,
      evaluatedUs: exitUs + random.int(1, second),
      returnPct: Number(returnPct.toFixed(2)),
    };
  }
  const days = holdingDays[run.mode];
  const exitUs = Math.floor(run.endUs / day) * day + days * day + 10 * hour;
  const evaluatedUs = exitUs + 12 * hour + random.int(1, minute);
  if (evaluatedUs > nowUs) return null;
  return { reason: days === 0 ? 'EOD_CLOSE' : `FIXED_DAYS_${days}`, price, exitUs, evaluatedUs, returnPct };
}
