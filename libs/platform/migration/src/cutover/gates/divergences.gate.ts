import { twoWayState } from '../../domains/two-way-state';
import { open, shut, type Gate } from '../gate';

export const divergencesGate: Gate = {
  name: 'divergences',
  about: 'every row that the two sides did not agree on is settled',
  before: ['shadow', 'cutover', 'new'],
  isAskedAgain: true,
  async check({ client, domain }) {
    const { openDivergences } = await twoWayState(client, domain);
    if (openDivergences === 0) return open('none is open');
    return shut(
      `${openDivergences} open`,
      `Look at \`sluice divergences --domain ${domain.name}\`, then \`sluice reconcile --domain ${domain.name}\`.`,
    );
  },
};
