import { connectedClient, freshDatabase, type FreshDatabase } from '@sluice/testing';
import type { Client } from 'pg';
import { appendAudit } from '../state/audit';
import { openMatters, stateSentence, verdictOf } from './cutover-content';
import { cutoverEvidence } from './cutover-evidence';
import { evidenceHtml } from './cutover-html';
import { evidenceMarkdown } from './cutover-markdown';

let database: FreshDatabase;
let client: Client;
beforeAll(async () => {
  database = await freshDatabase();
  client = await connectedClient(database.url);
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const NASTY = `<script>alert('x')</script> | *b*\n"q"`;
const mode = (domain: string, from: string | null, to: string) =>
  appendAudit(client, { actor: NASTY, action: 'domain.mode', subject: domain, detail: { from, to, reason: NASTY } });

it('says of an empty database that nothing has begun', async () => {
  const evidence = await cutoverEvidence(client);
  expect(stateSentence(evidence)).toBe('No domain has a mode yet: the legacy files are the truth.');
  expect(evidenceMarkdown(evidence)).toContain('No mode was ever changed.');
  expect(evidenceHtml(evidence)).not.toContain('<svg');
});

it('gathers all of it in one snapshot, and shows no value as markup', async () => {
  await mode('runs', null, 'legacy');
  await mode('runs', 'legacy', 'dual');
  await mode(NASTY, NASTY, `"><img src="x"><i class="${NASTY}`);
  await appendAudit(client, {
    actor: 'Anna',
    action: 'cutover.advanced',
    subject: 'runs',
    detail: { reason: NASTY, gates: [{ gate: 'copy', evidence: NASTY }] },
  });
  await appendAudit(client, { actor: 'x', action: 'follow.started', subject: 'by itself', detail: {} });
  await client.query(
    `INSERT INTO migration_domains (name, tables, mode, epoch, changed_by, reason) VALUES ('runs', '{top_picks_runs}', 'dual', 2, 'Anna', $1)`,
    [NASTY],
  );
  await client.query(`
    INSERT INTO migration_verifications (run_id, table_name, started_at, finished_at, rows_source, rows_target, rows_quarantined, rows_skipped, differences, digest, clean)
      SELECT gen_random_uuid(), 'top_picks_runs', now() - n * interval '1 h', now() - n * interval '1 h', 7, 7, 0, 0, n, 'abc', n = 0
        FROM generate_series(0, 30) n ORDER BY n DESC;
    INSERT INTO migration_divergences (domain, table_name, row_key, kind) VALUES ('runs', 'top_picks_runs', 1, 'conflict');
    INSERT INTO migration_shadow_reads (domain, epoch, operation, compared, equal, explained, unexplained) VALUES
      ('runs', 2, 'getLatest', 1000000, 999998, 1, 1), ('runs', 1, 'of an earlier stay', 5, 5, 0, 0);
    INSERT INTO migration_quarantine (table_name, row_key, reason_code, reason, raw) VALUES ('top_picks_runs', '1', 'B04', '-', '{}');
    INSERT INTO migration_outbox (table_name, row_key, dead_at) VALUES ('top_picks_runs', 1, NULL), ('top_picks_runs', 2, now());
    INSERT INTO migration_backups (id, kind, path, sha256, bytes, files, version, taken_at, taken_by) VALUES ('b1', 'postgres', '/b', 'f', 12, 1, '0', now(), 'x')`);
  const evidence = await cutoverEvidence(client);
  expect(evidence.changes.slice(0, 2).map(({ from, to }) => [from, to])).toEqual([[null, 'legacy'], ['legacy', 'dual']]); // prettier-ignore
  expect(evidence.acts.map(({ action, actor }) => [action, actor])).toEqual([['cutover.advanced', 'Anna']]);
  expect(evidence.verifications).toHaveLength(20);
  expect(evidence.verifications.at(-1)).toMatchObject({ clean: true, differences: 0 });
  expect(evidence.shadow.map(({ operation }) => operation)).toEqual(['getLatest']);
  expect(evidence.outbox).toMatchObject([{ waiting: 1, dead: 1 }]);
  expect(openMatters(evidence)).toEqual([
    '1 row on which the two sides do not agree.',
    '1 read that the two sides answered differently, without a reason.',
    '1 row that the legacy file refused.',
    '1 row in quarantine that nobody has looked at.',
    'No backup was ever restored as a trial.',
  ]);
  expect(verdictOf(evidence)).toBe('wait');
  for (const text of [evidenceHtml(evidence), evidenceMarkdown(evidence)]) expect(text).not.toMatch(/<(script|img)/);
  expect(evidenceHtml(evidence)).not.toMatch(/https?:|@import|url\(/);
  const lines = evidenceMarkdown(evidence).split('\n').filter((line) => line.startsWith('| ')); // prettier-ignore
  expect(lines.filter((line) => line.includes('runs | dual')).map((line) => line.split(/(?<!\\)\|/).length)).toEqual([
    8,
  ]);
});

it('still shows what let a domain go on when it has, and calls no more than that closed', async () => {
  await client.query(`UPDATE migration_domains SET mode = 'new', epoch = 5`);
  await client.query(`INSERT INTO migration_shadow_differences (domain, epoch, operation, fields, times, parameters, explained_by, explanation)
    VALUES ('runs', 2, 'getLatest', 'a', 1, '{}', 'Anna', 'a reason')`);
  const evidence = await cutoverEvidence(client);
  expect(evidence.shadow).toMatchObject([{ operation: 'getLatest', compared: 1_000_000, isOver: true }]);
  expect(evidence.shadowDifferences).toMatchObject([{ explainedBy: 'Anna', explanation: 'a reason' }]);
  expect(openMatters(evidence).join()).not.toContain('answered differently');
  expect(stateSentence(evidence)).toMatch(/^Every domain that has a mode is closed; /);
});

it('is red where the audit log was changed, and where the last verification found a difference', async () => {
  await client.query(`UPDATE migration_audit SET actor = 'somebody else' WHERE seq = 2`);
  const evidence = await cutoverEvidence(client);
  expect(verdictOf(evidence)).toBe('bad');
  expect(evidenceHtml(evidence)).toContain('The audit log is broken at 2: somebody changed what was written.');
  await client.query('DELETE FROM migration_audit WHERE seq > 3');
  expect(evidenceMarkdown(await cutoverEvidence(client))).toContain('The audit log is broken at 2, 4 to 5: ');
  const whole = { ...evidence, audit: { ...evidence.audit, broken: [] } };
  expect(verdictOf(whole)).toBe('wait');
  const different = whole.verifications.map((one) => ({ ...one, clean: false }));
  expect(verdictOf({ ...whole, verifications: different })).toBe('bad');
});
