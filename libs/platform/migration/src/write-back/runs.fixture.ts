import { decimal, float, integer, json, nullable, text, timestamp } from '../mapping/conversion';
import { legacyTable, postgresTable } from '../mapping/legacy-table';
import type { TargetRow } from './legacy-row';
import { writeBack } from './write-back';

export const runs = writeBack(
  legacyTable({
    source: { file: 'legacy.db', table: 'runs', key: 'id' },
    target: postgresTable('runs'),
    columns: {
      id: integer,
      name: text,
      note: nullable(text),
      made_at: nullable(timestamp({ zone: 'UTC' })),
      ratio: nullable(float),
      cost: nullable(decimal({ precision: 20, scale: 8 })),
      payload: nullable(json({ bareText: true })),
    },
  }),
  { times: { made_at: 'zulu' } },
);

export const runsSchema = [
  `CREATE TABLE runs (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, note TEXT, made_at TEXT, ratio REAL, cost REAL, payload TEXT)`,
  `CREATE INDEX idx_runs_made_at ON runs (made_at)`,
];

/** A row with these values and a name of its own; everything else is NULL. */
export const aRow = (id: number, values: Partial<Record<string, string | null>> = {}): TargetRow => ({
  values: {
    ...{ id: String(id), name: `run ${id}`, note: null, made_at: null, ratio: null, cost: null, payload: null },
    ...(values as Record<string, string | null>),
  },
});
