import { open, shut, type Gate } from '../gate';

interface Server {
  readonly version: string;
  readonly readOnly: boolean;
  readonly fsync: string;
  readonly pages: string;
  readonly commits: string;
}

export const healthGate: Gate = {
  name: 'health',
  about: 'PostgreSQL takes writes and keeps what it acknowledged, and each Redis suits what it is used for',
  before: ['legacy', 'dual', 'shadow', 'cutover', 'new'],
  isAskedAgain: false,
  async check({ client, probes }) {
    const { rows } = await client.query<Server>(
      `SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
         pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean AS "readOnly",
         current_setting('full_page_writes') AS pages,
         (SELECT reset_val FROM pg_settings WHERE name = 'synchronous_commit') AS commits`,
    );
    const server = rows[0]!;
    if (server.readOnly) return shut('PostgreSQL is read-only', 'Point DATABASE_URL at the primary server.');
    const faults = [
      ...(server.fsync === 'on' ? [] : ['fsync is off']),
      ...(server.pages === 'on' ? [] : ['full_page_writes is off']),
      ...(server.commits === 'off' ? ['synchronous_commit is off'] : []),
    ];
    if (faults.length > 0) return shut(`PostgreSQL may lose what it acknowledged: ${faults.join(', ')}`, 'Set it to on in postgresql.conf.'); // prettier-ignore
    const redis = await probes.redis();
    const bad = redis.filter(({ worst }) => worst === 'error');
    if (bad.length > 0)
      return shut(bad.map(({ role, text }) => `Redis (${role}): ${text}`).join('; '), bad.map(({ remedy }) => remedy ?? 'Run `sluice doctor`.').join(' ')); // prettier-ignore
    const known = redis.map(({ role, text }) => `Redis (${role}): ${text}`);
    return open([`PostgreSQL ${server.version}`, ...(known.length > 0 ? known : ['no Redis is given'])].join('; '));
  },
};
