import { mappingDigest } from '../../run/mapping-digest';
import { restartOf } from '../../state/migration.errors';
import { listTableStates } from '../../state/table-state';
import { counted, open, shut, type Gate } from '../gate';

export const copyGate: Gate = {
  name: 'copy',
  about: 'every table of the domain is copied to its end, by the mapping of this release',
  before: ['legacy', 'dual', 'shadow', 'cutover', 'new'],
  isAskedAgain: true,
  async check({ client, domain }) {
    const states = new Map((await listTableStates(client)).map((state) => [state.name, state]));
    const absent = domain.tables.filter(({ name }) => !states.has(name)).map(({ name }) => name);
    if (absent.length > 0) return shut(`not migrated: ${absent.join(', ')}`, 'Run `sluice migrate`.');
    const unfinished = domain.tables
      .filter(({ name }) => states.get(name)!.status !== 'copied')
      .map(({ name }) => name);
    if (unfinished.length > 0) return shut(`not copied to its end: ${unfinished.join(', ')}`, 'Run `sluice migrate`: it goes on where it stopped.'); // prettier-ignore
    const other = domain.tables
      .filter((table) => states.get(table.name)!.mappingDigest !== mappingDigest(table))
      .map(({ name }) => name);
    if (other.length > 0)
      return shut(
        `copied by another mapping: ${other.join(', ')}`,
        `Run the release that copied it, or copy again with ${restartOf(other)}.`,
      );
    const rows = domain.tables.reduce((sum, { name }) => sum + states.get(name)!.rowsCopied, 0n);
    return open(`${counted(domain.tables.length, 'table')}, ${counted(rows, 'row')}`);
  },
};
