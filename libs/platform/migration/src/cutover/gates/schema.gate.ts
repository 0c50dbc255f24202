import { checkTarget } from '../../run/target-shape';
import { counted, open, shut, type Gate } from '../gate';

export const schemaGate: Gate = {
  name: 'schema',
  about: 'every migration of this release is applied, and the tables are what the mappings write',
  before: ['legacy', 'dual', 'shadow', 'cutover', 'new'],
  isAskedAgain: false,
  async check({ client, domain, probes }) {
    const { applied, pending, failed, changed } = await probes.schema();
    if (failed.length > 0) return shut(`failed: ${failed.join(', ')}`, 'Run `sluice db status`, mend the migration, then `sluice db migrate`.'); // prettier-ignore
    if (changed.length > 0) return shut(`applied in another form than this release has: ${changed.join(', ')}`, 'Run the release that the database was migrated with: `sluice db status`.'); // prettier-ignore
    if (pending.length > 0) return shut(`pending: ${pending.join(', ')}`, 'Run `sluice db migrate`.');
    await checkTarget(client, domain.tables);
    return open(`${counted(applied.length, 'migration')} applied`);
  },
};
