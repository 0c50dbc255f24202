import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ROWS_PER_FILE } from '@sluice/legacy';
import { dateOf, day, fileStamp, hour, indiaOffset, isoTime, minute, second } from './legacy-time';
import { historicalKey } from './historical-key';
import { agents, priceOf, symbols } from './market';
import { float, pythonJson, type PythonValue } from './python-json';
import type { PlantedHazard } from './planted-hazards';
import { Random } from './random';
import type { PickEvent } from './sample-picks';
import type { RunPlan } from './sample-plan';
import { enginePayload, schedulerPayload, type Run } from './top-picks';

/** At most so many of the newest runs have their intraday file. */
const intradayFiles = 200;

/** Every legacy file of systems C, E, G, H, I and J that is not a database. Returns their paths, relative, in order. */
export class SampleFiles {
  readonly written: string[] = [];
  /** What is wrong with a file or a line on purpose. */
  readonly planted: PlantedHazard[] = [];

  constructor(
    private readonly dir: string,
    private readonly seed: number,
    private readonly nowUs: number,
    private readonly hazards: boolean,
  ) {}

  writeAll(plan: RunPlan, events: readonly PickEvent[]): void {
    this.topPicks(plan);
    this.scalpingExits(events);
    this.historical();
    this.scores();
    this.generalCache();
    this.memory();
  }

  private write(path: string, content: string): void {
    const file = join(this.dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    // As the legacy program left them a while ago: what it is writing right now is read more than once.
    utimesSync(file, this.nowUs / 1e6 - 60, this.nowUs / 1e6 - 60);
    this.written.push(path);
  }

  /** A broken file, or the nth row of one, among the files of its folder whose names begin alike. */
  private plant(table: string, folder: string, { begins = '', name = '', row = 1 }): void {
    const names = this.written.filter((path) => dirname(path) === folder).map((path) => basename(path));
    const number = names.filter((other) => other.startsWith(begins)).sort().indexOf(name) + 1; // prettier-ignore
    const key = String(BigInt(number) * ROWS_PER_FILE + BigInt(row));
    this.planted.push({ table, key, column: 'source_file', code: 'FILE', expected: 'quarantined' });
  }

  /** The last run of each day, and one file per run. */
  private topPicks(plan: RunPlan): void {
    const lastOfDay = new Map<string, Run>();
    for (let id = Math.max(plan.deleted + 1, plan.total - intradayFiles + 1); id <= plan.total; id++) {
      const run = plan.get(id);
      lastOfDay.set(dateOf(run.startIndiaUs), run);
      const name = `picks_${run.universe.name}_${run.mode}_${fileStamp(run.endUs)}.json`;
      this.write(`data/top_picks_intraday/${name}`, pythonJson(schedulerPayload(run)));
    }
    for (const [date, run] of lastOfDay)
      this.write(`data/top_picks/picks_${date}.json`, pythonJson(enginePayload(run)));
  }

  private scalpingExits(events: readonly PickEvent[]): void {
    const byDate = new Map<string, PythonValue[]>();
    for (const { run, pick, signalUs, exit } of events) {
      if (run.mode !== 'Scalping' || !exit) continue;
      const date = dateOf(exit.exitUs);
      const exits = byDate.get(date) ?? [];
      byDate.set(date, exits);
      exits.push({
        symbol: pick.symbol,
        entry_time: `${isoTime(signalUs)}+00:00`,
        entry_price: float(pick.price),
        exit_time: `${isoTime(exit.exitUs)}Z`,
        exit_price: float(exit.price),
        exit_reason: exit.reason,
        return_pct: float(exit.returnPct),
        hold_duration_mins: float(Number(((exit.exitUs - signalUs) / minute).toFixed(1))),
        mode: 'Scalping',
        recommendation: pick.recommendation,
      });
    }
    for (const [date, exits] of byDate) {
      this.write(
        `data/scalping_exits/exits_${date.replaceAll('-', '')}.json`,
        pythonJson({ date, exits }, { indent: 2 }),
      );
    }
  }

  private historical(): void {
    const random = Random.for(this.seed, 'historical');
    const metadata: Record<string, PythonValue> = {};
    const requests = symbols.slice(0, 6).flatMap((symbol) =>
      [
        { symbol, interval: '1d', source: 'yahoo', days: 30 },
        { symbol, interval: '5m', source: 'zerodha', days: 3 },
      ].map((request) => ({
        ...request,
        toUs: this.nowUs + indiaOffset,
        fromUs: this.nowUs + indiaOffset - request.days * day,
      })),
    );
    const folder = '.cache/historical';
    const cut = requests.at(-1);
    for (const [at, request] of requests.entries()) {
      const key = historicalKey(request);
      const rows = Array.from({ length: request.interval === '1d' ? 22 : 60 }, (_, i) => candle(random, request, i));
      const first = rows[0];
      if (this.hazards && first && at < 2) first['close'] = float(NaN);
      const whole = pythonJson({ data: rows, row_count: rows.length, columns: Object.keys(first ?? {}) });
      const content = this.hazards && request === cut ? whole.slice(0, whole.length / 2) : whole;
      this.write(`${folder}/${key}.json`, content);
      metadata[key] = {
        symbol: request.symbol,
        from_date: isoTime(request.fromUs),
        to_date: isoTime(request.toUs),
        interval: request.interval,
        source: request.source,
        // Minutes live for an hour: of half the symbols they are alive.
        cached_at: isoTime(this.nowUs + indiaOffset - random.int(minute, at % 4 === 1 ? 40 * minute : 2 * day)),
        row_count: rows.length,
        file_size: content.length,
      };
    }
    if (this.hazards && cut) {
      const gone = { ...cut, symbol: 'GONE' };
      metadata[historicalKey(gone)] = { ...(metadata[historicalKey(cut)] as object), symbol: gone.symbol };
      this.write(`${folder}/NIFTY_1d_3b740e834452.json`, pythonJson({ data: [], row_count: 0, columns: [] }));
      this.plant('ohlc_files', folder, { name: `${historicalKey(cut)}.json` });
    }
    this.write(`${folder}/metadata.json`, pythonJson(metadata, { indent: 2 }));
  }

  /** Every `blend_score` is 0 and every recommendation is derived from it, as the legacy store has it. */
  private scores(): void {
    const random = Random.for(this.seed, 'scores');
    const at = `${isoTime(this.nowUs - hour)}Z`;
    const scores = symbols.map((symbol): [string, PythonValue] => [
      symbol,
      {
        symbol,
        blend_score: 0,
        confidence: random.pick(['High', 'Medium', 'Low']),
        recommendation: 'Strong Sell',
        is_actionable: true,
        recommendation_note: null,
        risk_reward_ratio: null,
        color_scheme: null,
        agents: agents.slice(0, 4).map((agent) => ({
          agent,
          score: float(random.int(40, 160) / 2),
          confidence: 'Medium',
          signals: [],
          reasoning: '',
          metadata: {},
          weight: 0.25,
        })),
        key_signals: [],
        reasoning: '',
        analyzed_at: at,
      },
    ]);
    this.write(
      'data/global_scores/score_cache.json',
      pythonJson({ timestamp: at, scores: Object.fromEntries(scores), ttl_hours: 6 }, { indent: 2 }),
    );
  }

  private generalCache(): void {
    const random = Random.for(this.seed, 'general');
    const index = (name: string): PythonValue => ({
      name,
      price: random.decimal(10_000, 50_000, 2),
      change_pct: random.decimal(-2, 2, 2),
    });
    const values: Record<string, PythonValue> = {
      global_indices_summary: { indices: ['S&P 500', 'NASDAQ', 'Nikkei 225', 'FTSE 100'].map(index) },
      aggregated_news_v2_market_20: {
        items: [{ title: 'RBI holds rates \u2014 \u20b9 steady', score: this.hazards ? float(-Infinity) : 0.5 }],
      },
      ...(this.hazards ? { ohlcv_M_M_1d_30: [] } : {}), // `ohlcv:M_M:1d:30` or `ohlcv:M:M_1d:30`: nobody can tell.
      ohlcv_TCS_1d_30: [{ time: '2026-01-09T00:00:00+05:30', close: priceOf('TCS', random) }],
    };
    for (const [name, data] of Object.entries(values)) {
      const timestamp = `${isoTime(this.nowUs - random.int(second, day))}Z`;
      this.write(`cache/${name}.json`, pythonJson({ timestamp, data }, { indent: 2 }));
    }
  }

  private memory(): void {
    const random = Random.for(this.seed, 'memory');
    const at = (): string => `${isoTime(this.nowUs - random.int(minute, 40 * day))}Z`;
    for (const symbol of symbols.slice(0, 4)) {
      const lines = Array.from({ length: 12 }, () =>
        pythonJson({
          symbol,
          agent_type: random.pick(agents),
          result: { score: random.decimal(20, 90, 2) },
          timestamp: at(),
        }),
      );
      if (this.hazards && symbol === symbols[0]) lines.push('{"symbol": "RELIANCE", "agent_ty');
      this.write(`cache/memory/analyses_${symbol}.jsonl`, lines.map((line) => `${line}\n`).join(''));
    }
    const name = `analyses_${symbols[0] ?? ''}.jsonl`;
    if (this.hazards) this.plant('memory_analyses', 'cache/memory', { begins: 'analyses_', name, row: 13 });
    for (const user of ['user-0001', 'user-0002']) {
      this.write(
        `cache/memory/user_${user}.json`,
        pythonJson({ risk_level: { value: 'moderate', updated_at: at() } }, { indent: 2 }),
      );
    }
  }
}

function candle(
  random: Random,
  request: { symbol: string; interval: string; source: string; fromUs: number },
  index: number,
): Record<string, PythonValue> {
  const open = priceOf(request.symbol, random);
  const close = Number((open * (0.995 + random.next() * 0.01)).toFixed(2));
  const bars = {
    open: float(open),
    high: float(Number((Math.max(open, close) * 1.003).toFixed(2))),
    low: float(Number((Math.min(open, close) * 0.997).toFixed(2))),
    close: float(close),
    volume: random.int(10_000, 38_182_528),
  };
  // Yahoo's rows keep the time in the frame's index only, which is not written: these files have no time at all.
  if (request.source === 'yahoo') return bars;
  const at = Math.floor(request.fromUs / day) * day + 9 * hour + 15 * minute + index * 5 * minute;
  return { time: `${isoTime(at)}+05:30`, ...bars };
}
