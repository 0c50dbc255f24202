import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROWS_PER_FILE } from '@sluice/legacy';
import { historicalKey, type HistoricalRequest } from '../historical-key';
import { float, pythonJson, type PythonValue } from '../python-json';
import type { Expected } from '../planted-hazards';

/** What becomes of a row of a file; `skipped` has no entry in its cache. */
export interface NastyFileRow {
  readonly table: string;
  /** The row's key, as text. */
  readonly key: string;
  readonly file: string;
  readonly expected: Expected | 'skipped';
  /** Why it waits in quarantine; the reason for which it was skipped. */
  readonly about: string;
}

type Fate = readonly [expected: NastyFileRow['expected'], about: string];
type Content = string | Buffer | ((file: string) => void);

const LONG_AGO_S = Date.UTC(2026, 0, 9) / 1000;
const stored: Fate = ['stored', 'sound'];
const quarantined = (about: string): Fate => ['quarantined', about];

/**
 * Writes the files of systems G, H, I and J with everything that can be wrong with them, between sound ones, and says what
 * becomes of each row. `nowMs` is the instant relative to which entries live or are expired; server times are India's.
 */
export function makeNastyFiles({
  dir,
  nowMs = Date.now(),
}: {
  readonly dir: string;
  readonly nowMs?: number;
}): NastyFileRow[] {
  return [
    ...new NastyFolder(dir, 'memory_analyses', 'cache/memory', analyses).write(),
    ...new NastyFolder(dir, 'memory_preferences', 'cache/memory', preferences).write(),
    ...new NastyFolder(dir, 'ohlc_files', '.cache/historical', candles(nowMs)).write(),
    ...new NastyFolder(dir, 'global_scores', 'data/global_scores', scores(nowMs)).write(),
    ...new NastyFolder(dir, 'general_cache_files', 'cache', generalCache).write(),
  ];
}

interface NastyFile {
  readonly name: string;
  readonly content: Content;
  /** By the number of the row in the file. */
  readonly rows: readonly (Fate | 'blank')[];
  /** Comes behind the others, whatever its name. */
  readonly isLast?: boolean;
}

class NastyFolder {
  constructor(
    private readonly dir: string,
    private readonly table: string,
    private readonly folder: string,
    private readonly files: readonly NastyFile[],
  ) {}

  write(): NastyFileRow[] {
    mkdirSync(join(this.dir, this.folder), { recursive: true });
    const order = (file: NastyFile): Buffer => Buffer.from(file.isLast ? '\u{10ffff}' : file.name);
    const files = [...this.files].sort((a, b) => Buffer.compare(order(a), order(b)));
    for (const { name, content } of files) {
      const file = join(this.dir, this.folder, name);
      if (typeof content === 'function') content(file);
      else {
        writeFileSync(file, content);
        utimesSync(file, LONG_AGO_S, LONG_AGO_S); // A broken file that was just written would be waited for.
      }
    }
    return files.flatMap(({ name, rows }, at) => rows.flatMap((fate, row) => this.expect(name, at + 1, row + 1, fate)));
  }

  private expect(file: string, number: number, row: number, fate: Fate | 'blank'): NastyFileRow[] {
    if (fate === 'blank') return [];
    const key = String(BigInt(number) * ROWS_PER_FILE + BigInt(row));
    return [{ table: this.table, key, file, expected: fate[0], about: fate[1] }];
  }
}

const at = '2026-01-09T10:00:00.5Z';
const analysis = (over: { readonly [name: string]: PythonValue } = {}): string =>
  pythonJson({ symbol: 'TCS', agent_type: 'technical', result: { score: float(62.5) }, timestamp: at, ...over });
const line = (text: string, fate: Fate | 'blank' = stored) => ({ text, fate });

const analysisLines = [
  line(analysis()),
  line(analysis({ result: { v: float(NaN), w: float(-Infinity) } }), ['normalised', 'result: non-finite-to-null']),
  line(analysis({ result: 12345678901234567890n })),
  line(analysis({ result: null })),
  line(analysis({ symbol: 'INFY' })),
  line(analysis({ symbol: '' })),
  line(''),
  line(analysis({ symbol: 'a\u0000b' }), quarantined('B05')),
  line(analysis({ symbol: 'a\ud83d' }), quarantined('FILE')),
  line(analysis({ result: 'a\u0000b' }), quarantined('B04')),
  line(analysis({ result: ['\ud83d'] }), quarantined('B07')),
  line(analysis({ timestamp: 'soon' }), quarantined('B23')),
  line(analysis({ timestamp: 7 }), quarantined('FILE')),
  line(analysis({ more: 1 }), quarantined('FILE')),
  line(analysis().replace('{', '{"symbol": "A", '), quarantined('FILE')),
  line(analysis().slice(0, 30), quarantined('FILE')),
  line('[1]', quarantined('FILE')),
  line('null', quarantined('FILE')),
  line(`\ufeff${analysis()}`, quarantined('FILE')),
  line(analysis().replace('62.5', '1e'), quarantined('FILE')),
  line(analysis({ result: nested(1_200) }), quarantined('B44')),
  line(analysis().replace('62.5', '1e200000'), quarantined('B10')),
  line(`${analysis()}\r`),
];

const analyses: readonly NastyFile[] = [
  {
    name: 'analyses_TCS.jsonl',
    content: analysisLines.map(({ text }) => `${text}\n`).join(''),
    rows: analysisLines.map(({ text, fate }) => (text === '' ? 'blank' : fate)),
  },
  { name: 'analyses_.jsonl', content: '', rows: [] },
  { name: 'analyses_M&M 100%.jsonl', content: analysis({ symbol: 'M&M 100%' }), rows: [stored] },
  {
    name: 'analyses_latin1.jsonl',
    content: Buffer.concat([Buffer.from(`${analysis()}\n"`), Buffer.from([0xe9, 0x22, 0x0a]), Buffer.from(analysis())]),
    rows: [stored, quarantined('FILE'), stored],
  },
  { name: 'analyses_folder.jsonl', content: (file) => mkdirSync(file), rows: [quarantined('FILE')] },
  { name: 'analyses_fifo.jsonl', content: (file) => void execFileSync('mkfifo', [file]), rows: [quarantined('FILE')] },
  {
    name: 'analyses_link.jsonl',
    content: (file) => symlinkSync('analyses_TCS.jsonl', file),
    rows: [quarantined('FILE')],
  },
];

function nested(depth: number): PythonValue {
  let value: PythonValue = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

const preference = (value: PythonValue, updated_at = at): PythonValue => ({ value, updated_at });

const preferences: readonly NastyFile[] = [
  {
    name: 'user_a:b é.json',
    content: pythonJson({
      '10': preference(float(NaN)), '9': preference(null), mode: preference('Swing'), odd: preference(1, 'soon'), z: preference('\u0000'),
    }, { indent: 2 }), // prettier-ignore
    rows: [['normalised', 'pref_value: non-finite-to-null'], stored, stored, quarantined('B23'), quarantined('B04')],
  },
  { name: 'user_.json', content: '{}', rows: [] },
  { name: 'user_bare.json', content: '{"a": 1}', rows: [quarantined('FILE')] },
  { name: 'user_cut.json', content: pythonJson({ a: preference(1) }).slice(0, -3), rows: [quarantined('FILE')] },
  { name: 'user_empty.json', content: '', rows: [quarantined('FILE')] },
  { name: 'user_twice.json', content: '{"a": {"value": 1, "updated_at": "t"}, "a": 2}', rows: [quarantined('FILE')] },
  { name: 'user_utf16.json', content: Buffer.from('{}', 'utf16le'), rows: [quarantined('FILE')] },
];

const DAY_US = 86_400_000_000;

/** One file of candles and what the metadata says of it. */
interface Candles {
  readonly request: HistoricalRequest;
  readonly fate: Fate;
  readonly content?: Content;
  readonly entry?: PythonValue | null;
}

function candles(nowMs: number): NastyFile[] {
  const indiaUs = Math.floor(nowMs) * 1000 + 19_800_000_000;
  const rows = (over: { readonly [name: string]: PythonValue } = {}): PythonValue[] => [
    { time: '2026-01-09T09:15:00+05:30', close: float(1.5), volume: 38_182_528, ...over },
  ];
  const file = (data: readonly PythonValue[], row_count = data.length): string =>
    pythonJson({ data, row_count, columns: ['time', 'close', 'volume'] });
  const iso = (us: number): string => new Date(us / 1000).toISOString().slice(0, -1);
  const aRequest = (symbol: string, over: Partial<HistoricalRequest> = {}): HistoricalRequest => ({
    symbol, interval: '5m', source: 'zerodha', fromUs: indiaUs - DAY_US, toUs: indiaUs, ...over,
  }); // prettier-ignore
  const entryOf = (request: HistoricalRequest, ageUs = 600_000_000): { readonly [name: string]: PythonValue } => ({
    symbol: request.symbol, from_date: iso(request.fromUs), to_date: iso(request.toUs), interval: request.interval,
    source: request.source, cached_at: iso(indiaUs - ageUs), row_count: 1, file_size: 100,
  }); // prettier-ignore
  const [odd, strange, gone] = [aRequest('HASH'), aRequest('STRANGE'), aRequest('GONE')];
  const old = aRequest('OLD');
  const all: Candles[] = [
    { request: aRequest('TCS'), fate: stored },
    { request: aRequest('BRK:B é'), fate: stored },
    { request: aRequest('DAY', { interval: '1d' }), fate: stored },
    { request: aRequest('NAN'), content: file(rows({ close: float(NaN) })), fate: ['normalised', 'rows: non-finite-to-null'] },
    { request: aRequest('BIG'), content: file(rows({ volume: 12345678901234567890n })), fate: stored },
    { request: old, entry: entryOf(old, 3_700_000_000), fate: ['skipped', 'expired'] },
    { request: aRequest('YAHOO'), content: file([{ close: float(1.5) }]), fate: ['skipped', 'candles without a time (Yahoo)'] },
    { request: aRequest('NONE'), content: file([]), fate: ['skipped', 'no candles'] },
    { request: strange, entry: null, fate: ['skipped', 'no metadata tells whose it is'] },
    { request: odd, entry: entryOf({ ...odd, source: 'yahoo' }), fate: quarantined('FILE') },
    { request: aRequest('HALF'), content: file(rows()).slice(0, 40), fate: quarantined('FILE') },
    { request: aRequest('EMPTY'), content: '', fate: quarantined('FILE') },
    { request: aRequest('LATIN'), content: Buffer.from('{"data": ["é"]}', 'latin1'), fate: quarantined('FILE') },
    { request: aRequest('NUL'), content: file(rows({ note: 'a\u0000b' })), fate: quarantined('B04') },
    { request: aRequest('COUNT'), content: file(rows(), 2), fate: quarantined('CACHE') },
    { request: aRequest('MIXED'), content: file([...rows(), { close: 1 }]), fate: quarantined('CACHE') },
    { request: aRequest('TAG'), content: file(rows({ x: { $date: 'y' } })), fate: quarantined('CACHE') },
    { request: aRequest('FOLDER'), content: (path) => mkdirSync(path), fate: quarantined('FILE') },
  ]; // prettier-ignore
  const known = all.map(({ request, entry = entryOf(request) }) => [historicalKey(request), entry] as const);
  const lost = [
    [historicalKey(gone), entryOf(gone)],
    ['ZOTHER_5m_0', entryOf(odd)],
  ] as const;
  const metadata = [...known, ...lost].filter(([, entry]) => entry !== null);
  return [
    ...all.map(({ request, content = file(rows()), fate }) => ({ name: `${historicalKey(request)}.json`, content, rows: [fate] })),
    {
      name: 'metadata.json',
      content: pythonJson(Object.fromEntries(metadata), { indent: 2 }),
      rows: [['skipped', 'its file is gone'], quarantined('FILE')],
      isLast: true,
    },
  ]; // prettier-ignore
}

function scores(nowMs: number): NastyFile[] {
  const server = (ageMs: number): string => `${new Date(nowMs + 19_800_000 - ageMs).toISOString().slice(0, -1)}Z`;
  const score = (symbol: string, over: { readonly [name: string]: PythonValue } = {}): PythonValue => ({
    symbol, blend_score: float(62.5), confidence: 'High', recommendation: 'Buy', is_actionable: true,
    recommendation_note: null, risk_reward_ratio: null, color_scheme: null, agents: [], key_signals: [], reasoning: '',
    analyzed_at: server(600_000), ...over,
  }); // prettier-ignore
  const all: readonly (readonly [string, PythonValue, Fate])[] = [
    ['A&B', score('A&B'), stored],
    ['NAN', score('NAN', { blend_score: float(NaN) }), quarantined('CACHE')],
    ['OLD', score('OLD', { analyzed_at: server(7 * 3_600_000) }), ['skipped', 'expired']],
    ['OTHER', score('TCS'), quarantined('CACHE')],
    ['TCS', score('TCS', { blend_score: 0 }), stored],
    ['ZMORE', score('ZMORE', { more: 1 }), quarantined('CACHE')],
  ];
  const content = {
    timestamp: server(0),
    scores: Object.fromEntries(all.map(([name, value]) => [name, value])),
    ttl_hours: 6,
  };
  return [
    { name: 'score_cache.json', content: pythonJson(content, { indent: 2 }), rows: [...all.map(([, , fate]) => fate), stored] },
  ]; // prettier-ignore
}

const value = (data: PythonValue): string => pythonJson({ timestamp: at, data }, { indent: 2 });
const unknown: Fate = ['skipped', 'its name is that of no known key'];

/** `a:b`, `a/b` and `a_b` are one name: the last that was written won. */
const generalCache: readonly NastyFile[] = [
  { name: 'a_b.json', content: value(float(NaN)), rows: [unknown] },
  { name: 'global_indices_summary.json', content: value({}), rows: [['skipped', 'its name may be that of one known key, or of another']] },
  { name: 'ohlcv_M_M_1d_30.json', content: value([]), rows: [['skipped', 'its name may be that of several known keys']] },
  { name: 'cut.json', content: value({}).slice(0, -4), rows: [['skipped', 'broken']] },
  { name: 'empty.json', content: '', rows: [['skipped', 'broken']] },
]; // prettier-ignore
