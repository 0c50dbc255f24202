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
      `Look at \`sluice divergences list --domain ${domain.name}\`; make equal what differs with \`sluice reconcile --domain ${domain.name} --yes\`, and say by name that the rest was looked at: \`sluice divergences settle ID --by NAME --reason TEXT\`.`,
    );
  },
};
