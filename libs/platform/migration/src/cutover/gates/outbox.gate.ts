import { twoWayState } from '../../domains/two-way-state';
import { carryWaits } from '../../domains/waits';
import { counted, open, shut, type Gate } from '../gate';

const SEE = 'See that `sluice follow` runs and can write the file: `sluice follow status`.';

export const outboxGate: Gate = {
  name: 'outbox',
  about: 'what was written in PostgreSQL reaches the legacy file in time, and nothing was refused by it',
  before: ['shadow', 'cutover', 'new'],
  isAskedAgain: true,
  async check({ client, domain, state, policy }) {
    const found = await twoWayState(client, domain);
    const { outbox } = found;
    if (outbox.dead > 0)
      return shut(`${counted(outbox.dead, 'dead letter')}: rows that the legacy file refused`, `Look at \`sluice divergences list --domain ${domain.name}\`, mend the rows, then \`sluice reconcile --domain ${domain.name} --retry-dead\`.`); // prettier-ignore
    const oldest = outbox.oldestSeconds ?? 0;
    const evidence = `${outbox.waiting} waiting, the oldest for ${Math.floor(oldest)} s`;
    if (oldest > policy.outboxMaxAgeSeconds) {
      const [wait] = carryWaits(found, state?.mode ?? 'legacy');
      return shut(wait ? `${evidence}: ${wait.reason}` : evidence, wait?.remedy ?? SEE);
    }
    return open(outbox.waiting === 0 ? 'empty' : evidence);
  },
};
