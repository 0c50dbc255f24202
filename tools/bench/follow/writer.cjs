/**
 * The legacy program of the benchmark, in a process of its own: `node writer.cjs OPTIONS`, options and result as JSON. It
 * inserts, updates, deletes and replaces, one transaction per write.
 *
 * - `cost`: each write is done on two files in turn, one with a change log and one without; gives the times of both, with
 *   a connection that stays open (`commit`) and with one per write as the legacy program has it (`call`).
 * - `rate`: so many writes a second on one file; gives the moment at which each row was last committed.
 */
const { DatabaseSync } = require('@photostructure/sqlite');

const options = JSON.parse(process.argv[2]);
const now = () => performance.timeOrigin + performance.now();
/** With the settings of Python's `sqlite3`, which the legacy program has: this build's own default in WAL mode is NORMAL. */
const open = (file) => {
  const db = new DatabaseSync(file, { timeout: 5000 });
  db.exec('PRAGMA synchronous = FULL');
  return db;
};

/** What each connection has compiled: Python's `sqlite3` keeps the statements of a connection, too. */
const compiled = new WeakMap();

function prepared(db, sql) {
  const statements = compiled.get(db) ?? new Map();
  compiled.set(db, statements);
  const statement = statements.get(sql) ?? db.prepare(sql);
  statements.set(sql, statement);
  return statement;
}

/** The row of each user, which a REPLACE takes away. */
const preferences = new Map();

/** Writes number n of a mix: half inserts, the rest updates, deletes, and REPLACE by the key and by another unique index. */
function write(db, n, ids, touched) {
  const turn = n % 10;
  const recent = ids.length > 0 ? ids[Math.floor((n * 7919) % ids.length)] : 0;
  const insert = (sql, ...values) => Number(prepared(db, sql).run(...values).lastInsertRowid);
  const analysis = 'INTO agent_analyses (id, symbol, agent_type, score, signals, metadata) VALUES (?, ?, ?, ?, ?, ?)';
  const values = ['TCS', 'technical', n / 7, '["breakout"]', `{"n": ${n}, "note": "${'x'.repeat(200)}"}`];
  if (turn < 5 || ids.length < 50) {
    const id = insert(`INSERT ${analysis}`, null, ...values);
    ids.push(id);
    touched(`agent_analyses ${id}`);
  } else if (turn < 7) {
    prepared(db, 'UPDATE agent_analyses SET score = ?, reasoning = ? WHERE id = ?').run(n, 'changed', recent);
    touched(`agent_analyses ${recent}`);
  } else if (turn === 7) {
    insert(`OR REPLACE ${analysis}`.replace(/^/, 'INSERT '), recent, ...values);
    touched(`agent_analyses ${recent}`);
  } else if (turn === 8) {
    const sql =
      'INSERT OR REPLACE INTO user_preferences (user_id, pref_key, pref_value, updated_at) VALUES (?, ?, ?, ?)';
    const user = `user ${n % 97}`;
    const id = insert(sql, user, 'theme', String(n), '2026-01-09 10:00:00.123456');
    if (preferences.has(user)) touched(`user_preferences ${preferences.get(user)}`, true);
    preferences.set(user, id);
    touched(`user_preferences ${id}`);
  } else {
    const [gone] = ids.splice(0, 1);
    prepared(db, 'DELETE FROM agent_analyses WHERE id = ?').run(gone);
    touched(`agent_analyses ${gone}`, true);
  }
}

/** First on the connection that stays open, then with one per write: in turn, either would have the other's pages to read again. */
function cost({ files, writes, warmUp }) {
  const sides = files.map((file) => ({ file, ids: [], commit: [], call: [], db: open(file) }));
  for (const { db } of sides) db.exec(`PRAGMA journal_mode = ${options.journal}`);
  for (const kind of ['commit', 'call']) {
    for (let n = 0; n < writes + warmUp; n++) {
      const order = n % 2 === 0 ? sides : [...sides].reverse();
      for (const side of order) {
        const startedMs = performance.now();
        const db = kind === 'call' ? open(side.file) : side.db;
        db.exec('BEGIN IMMEDIATE');
        write(db, n, side.ids, () => undefined);
        db.exec('COMMIT');
        if (kind === 'call') db.close();
        if (n >= warmUp) side[kind].push(performance.now() - startedMs);
      }
    }
  }
  return sides.map(({ commit, call }) => ({ commit, call }));
}

async function rate({ file, perSecond, seconds }) {
  const db = open(file);
  db.exec(`PRAGMA journal_mode = ${options.journal}`);
  const ids = [];
  const committed = new Map();
  const startedMs = performance.now();
  let n = 0;
  for (; performance.now() - startedMs < seconds * 1000;) {
    const due = Math.floor(((performance.now() - startedMs) / 1000) * perSecond);
    for (; n < due && performance.now() - startedMs < seconds * 1000; n++) {
      const rows = [];
      db.exec('BEGIN IMMEDIATE');
      write(db, n, ids, (row, gone) => rows.push([row, gone]));
      db.exec('COMMIT');
      const at = now();
      for (const [row, gone] of rows) {
        if (gone) committed.delete(row);
        else committed.set(row, at);
      }
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  db.close();
  return { writes: n, committed: [...committed] };
}

void Promise.resolve(options.cost ? cost(options.cost) : rate(options.rate)).then((result) =>
  process.stdout.write(JSON.stringify(result)),
);
