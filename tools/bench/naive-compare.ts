import { isDeepStrictEqual } from 'node:util';
import { DatabaseSync } from '@photostructure/sqlite';
import { Client } from 'pg';

/** The habit that verification is measured against: fetch both sides in pages of objects and compare field by field. */
async function compare(file: string, url: string, table: string): Promise<void> {
  const source = new DatabaseSync(file, { readOnly: true });
  const page = source.prepare(`SELECT * FROM ${table} WHERE id > ? ORDER BY id LIMIT 5000`);
  page.setReadBigInts(true);
  const client = new Client({ connectionString: url });
  await client.connect();
  let last = -1n;
  let rows = 0;
  let differences = 0;
  for (;;) {
    const ours = page.all(last) as Record<string, unknown>[];
    const theirs = (await client.query(`SELECT * FROM ${table} WHERE id > $1 ORDER BY id LIMIT 5000`, [last])).rows;
    if (ours.length === 0) break;
    ours.forEach((row, i) => {
      rows++;
      for (const [name, value] of Object.entries(row)) if (!equal(value, theirs[i]?.[name])) differences++;
    });
    last = ours.at(-1)?.id as bigint;
  }
  await client.end();
  process.stdout.write(`${JSON.stringify({ rows, differences })}\n`);
}

function equal(source: unknown, target: unknown): boolean {
  if (source === null || target === null) return source === target;
  if (target instanceof Date)
    return Date.parse(String(source).replace(' ', 'T').replace(/Z?$/, 'Z')) === target.getTime();
  if (typeof target === 'object') return isDeepStrictEqual(JSON.parse(String(source)), target);
  if (typeof target === 'boolean') return Boolean(Number(source)) === target;
  return typeof source === 'number' ? Number(target) === source : String(source) === String(target);
}

const [, , file = '', url = '', table = ''] = process.argv;
void compare(file, url, table);
