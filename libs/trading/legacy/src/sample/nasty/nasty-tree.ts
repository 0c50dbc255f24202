import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync, type DatabaseSyncInstance } from '@photostructure/sqlite';
import type { Conversion, LegacyTable } from '@sluice/migration';
import { tradingTables } from '../../trading.legacy';
import type { BoundValue } from '../bulk-insert';
import { legacySchema, type LegacyFile } from '../legacy-schema';
import type { Expected } from '../planted-hazards';
import { hazardValues, tooLongForBtree, type Affinity, type HazardValue } from './hazard-values';

export interface NastyOptions {
  readonly dir: string;
  /** Leaves NOT NULL and UNIQUE out of the tables, so that NULLs and repeated keys occur too; true by default. */
  readonly loose?: boolean;
  /** Values too long for the target's b-tree indexes; true by default. */
  readonly longKeys?: boolean;
  /** Levels are computed and cache entries live at this instant; now by default. */
  readonly nowMs?: number;
  /** Texts and JSON of so many bytes in one row each; 5 MB by default, 0 for none. */
  readonly longTextBytes?: number;
}

export interface NastyRow {
  readonly table: string;
  /** The row's key, as text. */
  readonly key: string;
  readonly column: string;
  readonly code: string;
  readonly expected: Expected;
  readonly rule?: string;
  readonly normalised?: string | null;
}

/** Columns with a b-tree index in the target and without a foreign key. */
const indexed: Readonly<Record<string, readonly string[]>> = {
  top_picks_runs: ['universe', 'mode'],
  ai_recommendations: ['symbol', 'mode'],
  agent_analyses: ['symbol', 'agent_type'],
  agent_learnings: ['agent_type'],
  user_preferences: ['user_id', 'pref_key'],
  pick_events: ['pick_uuid', 'symbol'],
  pick_agent_contributions: ['agent_name'],
  pick_outcomes: ['evaluation_horizon', 'outcome_label'],
  rl_policies: ['policy_id', 'status'],
};

const unique: Readonly<Record<string, readonly string[]>> = {
  user_preferences: ['user_id', 'pref_key'],
  pick_events: ['pick_uuid'],
  pick_outcomes: ['pick_uuid', 'evaluation_horizon'],
  rl_policies: ['policy_id'],
};

const children = ['pick_agent_contributions', 'pick_outcomes'];
const parentUuid = 'parent';

/** Of the tables that become cache entries: columns in which an odd but valid value leaves the entry an entry. */
const harmlessInCache: Readonly<Record<string, readonly string[]>> = {
  context_memory: ['value', 'ttl', 'created_at'],
  support_resistance_levels: ['p', 'r1', 'r2', 'r3', 's1', 's2', 's3'],
};

/**
 * Writes the four legacy databases with every bad value in every column that can hold it, one per row, between rows with
 * nothing wrong in them, and says what the rules of `mapping/conversion.ts` make of each row.
 */
export function makeNastyTree(options: NastyOptions): NastyRow[] {
  const expectations: NastyRow[] = [];
  for (const file of Object.keys(legacySchema) as LegacyFile[]) {
    mkdirSync(dirname(join(options.dir, file)), { recursive: true });
    const database = new DatabaseSync(join(options.dir, file));
    try {
      database.exec('PRAGMA synchronous = OFF; BEGIN');
      for (const statement of [...legacySchema[file].tables, ...legacySchema[file].indexes]) {
        database.exec(options.loose === false ? statement : loosen(statement));
      }
      for (const table of tradingTables.filter(({ source }) => source.file === file)) {
        expectations.push(...new NastyTable(database, table, options).write());
      }
      database.exec('COMMIT');
    } finally {
      database.close();
    }
  }
  return expectations;
}

const loosen = (statement: string): string =>
  statement.replace(/,\s*UNIQUE \([^)]*\)/, '').replaceAll(/ NOT NULL| UNIQUE/g, '');

/** Values of one row, by column; what is absent takes the column's sound value. */
type Odd = Readonly<Record<string, HazardValue['value'] | null>>;

class NastyTable {
  private readonly rows: NastyRow[] = [];
  private readonly affinities: ReadonlyMap<string, Affinity>;
  private next = 1n;

  constructor(
    private readonly database: DatabaseSyncInstance,
    private readonly table: LegacyTable,
    private readonly options: NastyOptions,
  ) {
    const columns = database.prepare(`PRAGMA table_info(${table.source.table})`).all() as {
      name: string;
      type: string;
    }[];
    this.affinities = new Map(columns.map(({ name, type }) => [name, affinityOf(type)]));
  }

  write(): NastyRow[] {
    if (this.table.name === 'pick_events') this.insert({ pick_uuid: parentUuid });
    for (const [column, conversion] of Object.entries(this.table.columns)) {
      if (column === this.table.source.key) continue;
      this.insert({});
      for (const hazard of this.hazardsOf(column, conversion)) this.plant(column, hazard);
    }
    this.plantKeys();
    this.plantUnique();
    if (children.includes(this.table.name))
      this.plant('pick_uuid', { code: 'B34', expected: 'quarantined', value: 'nobody' });
    return this.rows;
  }

  private hazardsOf(column: string, conversion: Conversion): HazardValue[] {
    const hazards = hazardValues(conversion, this.affinities.get(column) ?? 'text');
    if ((this.options.loose ?? true) && !conversion.nullable)
      hazards.push({ code: 'B32', expected: 'quarantined', value: null });
    if ((this.options.longKeys ?? true) && indexed[this.table.name]?.includes(column)) {
      hazards.push({ code: 'B30', expected: 'quarantined', value: tooLongForBtree });
    }
    const long = this.options.longTextBytes ?? 5_000_000;
    const at = `${this.table.name}.${column}`;
    if (long > 0 && at === 'agent_analyses.reasoning') hazards.push(veryLong(`printf('%.*c', ${long}, 'x')`));
    if (long > 0 && at === 'top_picks_runs.payload')
      hazards.push(veryLong(`'["' || printf('%.*c', ${long}, 'x') || '"]'`));
    return hazards.filter((hazard) => this.isCertain(column, hazard));
  }

  /** A row that refers to no pick is an orphan whatever else it is, and a cache decides on its own what makes an entry. */
  private isCertain(column: string, { expected, value }: HazardValue): boolean {
    if (expected === 'quarantined') return true;
    if (column === 'pick_uuid' && children.includes(this.table.name)) return false;
    if (this.table.target.kind === 'postgres') return true;
    const ordinary = value !== '' && value !== Infinity && value !== -Infinity;
    const harmless = harmlessInCache[this.table.name]?.includes(column) ?? false;
    return harmless && (ordinary || column === 'ttl' || column === 'created_at');
  }

  /** Keys at the borders, below zero and with gaps between them. */
  private plantKeys(): void {
    const column = this.table.source.key;
    for (const key of [-9223372036854775808n, -5n, 0n, 9223372036854775806n, 9223372036854775807n]) {
      this.insert({}, key);
      this.expect(key, column, { code: 'B35', expected: 'stored' });
    }
  }

  private plantUnique(): void {
    const columns = unique[this.table.name];
    if (!columns || this.options.loose === false) return;
    const values = Object.fromEntries(
      columns.map((column) => [
        column,
        column === 'pick_uuid' && this.table.name !== 'pick_events' ? parentUuid : 'twice',
      ]),
    );
    this.expect(this.insert(values), columns[0] ?? '', { code: 'B31', expected: 'stored' });
    this.expect(this.insert(values), columns[0] ?? '', { code: 'B31', expected: 'quarantined' });
  }

  private plant(column: string, hazard: HazardValue): void {
    this.expect(this.insert({ [column]: hazard.value }), column, hazard);
  }

  private expect(key: bigint, column: string, hazard: Omit<HazardValue, 'value'>): void {
    const { code, expected, rule, normalised } = hazard;
    this.rows.push({
      table: this.table.name,
      key: String(key),
      column,
      code,
      expected,
      ...(rule === undefined ? {} : { rule }),
      ...(normalised === undefined ? {} : { normalised }),
    });
  }

  private insert(odd: Odd, key = this.nextKey()): bigint {
    const columns = Object.keys(this.table.columns);
    const bound: BoundValue[] = [];
    const expressions = columns.map((column) => {
      const value =
        column === this.table.source.key ? key : column in odd ? (odd[column] ?? null) : this.sound(column, key);
      if (isSql(value)) return value.sql;
      if (typeof value === 'number') return realLiteral(value);
      bound.push(value);
      return '?';
    });
    const names = columns.map((column) => `"${column}"`).join(', ');
    const statement = `INSERT INTO ${this.table.source.table} (${names}) VALUES (${expressions.join(', ')})`;
    this.database.prepare(statement).run(...bound);
    return key;
  }

  /** Mostly one after the other, now and then with a gap. */
  private nextKey(): bigint {
    const key = this.next;
    this.next += key % 50n === 0n ? 10_000n : 1n;
    return key;
  }

  /** A value with nothing wrong in it, different in every row where the table wants it so. */
  private sound(column: string, key: bigint): BoundValue {
    const at = `${this.table.name}.${column}`;
    if (column === 'pick_uuid' && children.includes(this.table.name)) return parentUuid;
    if (at === 'support_resistance_levels.timeframe_scope') return 'D';
    if (at === 'support_resistance_levels.computed_at_ist')
      return `${indiaDate(this.options.nowMs ?? Date.now())}T00:00:00+05:30`;
    if (at === 'context_memory.expires_at') return '2099-12-31 23:59:59.123456';
    const conversion = this.table.columns[column];
    return conversion ? soundValues[conversion.kind](column, key) : null;
  }
}

const indiaDate = (nowMs: number): string => new Date(nowMs + 19_800_000).toISOString().slice(0, 10);

const soundValues: Readonly<Record<Conversion['kind'], (column: string, key: bigint) => BoundValue>> = {
  text: (column, key) => `${column}-${key}`,
  integer: () => 7n,
  decimal: () => 0.25,
  float: () => 62.5,
  boolean: () => 1n,
  json: (column) => `{"${column}": [1, 2.5, "x"]}`,
  timestamp: () => '2026-01-09 10:00:00',
  date: () => '2026-01-09',
};

const veryLong = (sql: string): HazardValue => ({ code: 'B28', expected: 'stored', value: { sql } });

/** The driver binds a double below 2^-52 as the integer 0, so doubles are written into the statement. */
function realLiteral(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '9e999' : '-9e999';
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

const isSql = (value: HazardValue['value'] | undefined): value is { readonly sql: string } =>
  typeof value === 'object' && value !== null && 'sql' in value;

/** SQLite's own rules: https://www.sqlite.org/datatype3.html, section 3.1. */
function affinityOf(declared: string): Affinity {
  if (/INT/i.test(declared)) return 'integer';
  if (/CHAR|CLOB|TEXT/i.test(declared)) return 'text';
  if (/REAL|FLOA|DOUB/i.test(declared)) return 'real';
  return 'numeric';
}
