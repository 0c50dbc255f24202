import { freshDatabase, type FreshDatabase } from '@sluice/testing';
import { sluice, sluiceJson } from './sluice';
import { query } from './target';

interface Key {
  readonly id: string;
  readonly name: string;
  readonly scopes: string[];
  readonly state: string;
  readonly expiresAt: string | null;
  readonly key: string;
  readonly rotated: string;
}

describe('sluice keys', () => {
  let database: FreshDatabase;
  const keys = (...args: string[]) => sluice(['keys', ...args], { database: database.url });
  const keysJson = <Document = Key>(...args: string[]) =>
    sluiceJson<Document>(['keys', ...args], { database: database.url });

  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.drop());

  it('creates a key, and prints its text alone on standard output', async () => {
    const { code, stdout, stderr } = await keys(
      'create',
      '--name',
      'trainer',
      '--scope',
      'write',
      '--scope',
      'read,write',
    );
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^sluice_[\da-f]{12}_[\w-]{43}\n$/)]);
    const [id, secret] = stdout.trim().split(/_(.*)/s)[1]!.split(/_(.*)/s);
    expect(stderr).toContain(`The key ${id} of trainer may read and write, without an end.`);
    const stored = await query<{ row: string }>(database.url, 'SELECT to_jsonb(api_keys)::text AS row FROM api_keys');
    expect(stored.map(({ row }) => row).join()).toContain(id);
    expect(stored.map(({ row }) => row).join() + stderr).not.toContain(secret);
  });

  it('rotates, revokes and lists keys, and never shows a text again', async () => {
    const { document: made } = await keysJson('create', '--name', 'job', '--scope', 'admin', '--expires', '90d');
    expect(made).toMatchObject({ name: 'job', scopes: ['admin'], state: 'live', expiresAt: expect.any(String) });
    const { document: next } = await keysJson('rotate', made.id, '--overlap', '1h');
    expect(next).toMatchObject({ name: 'job', scopes: ['admin'], state: 'live', rotated: made.id });
    expect(next.id).not.toBe(made.id);
    expect((await keys('revoke', next.id)).code).toBe(2); // Without --yes.
    expect((await keysJson('revoke', next.id, '--yes')).document.state).toBe('revoked');
    const { document: all } = await keysJson<Key[]>('list');
    expect(all.find(({ id }) => id === next.id)).toMatchObject({ state: 'revoked' });
    expect(all.find(({ id }) => id === made.id)).toMatchObject({ state: 'live' });
    const { stdout } = await keys('list');
    expect(stdout).toContain(made.id);
    for (const { key } of [made, next]) expect(JSON.stringify(all) + stdout).not.toContain(key.slice(-43));
    expect((await keysJson('rotate', next.id)).code).toBe(3);
  });

  it.each([
    ['no name', ['create', '--scope', 'read']],
    ['an empty name', ['create', '--name', ' ', '--scope', 'read']],
    ['an unknown scope', ['create', '--name', 'a', '--scope', 'read,all']],
    ['no scope', ['create', '--name', 'a', '--scope', '']],
    ['no time', ['create', '--name', 'a', '--scope', 'read', '--expires', 'soon']],
    ['no time at all', ['create', '--name', 'a', '--scope', 'read', '--expires', '0d']],
    ['an endless time', ['create', '--name', 'a', '--scope', 'read', '--expires', '9999999d']],
    ['an unknown key', ['rotate', '000000000000']],
    ['an unknown key to revoke', ['revoke', "'; DROP TABLE api_keys", '--yes']],
  ])('says what is wrong with %s, and exits with 2', async (_what, args) => {
    const { code, stderr } = await keys(...args);
    expect([code, stderr.length > 0]).toEqual([2, true]);
  });
});
