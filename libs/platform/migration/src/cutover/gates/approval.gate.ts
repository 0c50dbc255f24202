import { listApprovals } from '../approvals';
import { open, shut, type Gate } from '../gate';

export const approvalGate: Gate = {
  name: 'approval',
  about: 'as many people as the policy asks for have agreed to this very step',
  before: ['cutover', 'new'],
  isAskedAgain: true,
  async check({ client, domain, state, step, policy }) {
    if (policy.approvals === 0) return open('none is asked for');
    const given = await listApprovals(client, domain.name, step.to, state?.epoch ?? 0n);
    const evidence = given.length === 0 ? 'nobody has agreed' : `agreed: ${given.map(({ by }) => by).join(', ')}`;
    if (given.length >= policy.approvals) return open(evidence);
    const missing = policy.approvals - given.length;
    return shut(
      `${evidence}; ${missing} more ${missing === 1 ? 'person is' : 'people are'} asked for`,
      `Run \`sluice cutover approve --domain ${domain.name} --by NAME --reason TEXT\`${given.length > 0 ? ', as another person' : ''}.`,
    );
  },
};
