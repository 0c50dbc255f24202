import { countUnreviewed } from '../quarantine-review';
import { counted, open, shut, type Gate } from '../gate';

export const quarantineGate: Gate = {
  name: 'quarantine',
  about: 'somebody has looked at every row that could not be loaded, and said why it may stay behind',
  before: ['dual', 'shadow', 'cutover', 'new'],
  isAskedAgain: true,
  async check({ client, domain }) {
    const { rows, unreviewed } = await countUnreviewed(client, domain.tables.map(({ name }) => name)); // prettier-ignore
    if (unreviewed === 0) return open(rows === 0 ? 'empty' : `${counted(rows, 'row')}, all reviewed`);
    return shut(
      `${unreviewed} of ${counted(rows, 'row')} not reviewed`,
      'Look at `sluice quarantine list`; mend and `sluice quarantine replay`, or `sluice quarantine review ID --by NAME --reason TEXT`.',
    );
  },
};
