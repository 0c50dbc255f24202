import { auditFault } from '../../state/audit';
import { open, shut, type Gate } from '../gate';

export const auditGate: Gate = {
  name: 'audit',
  about:
    'the audit log is what was written, from its first entry to its last, or somebody has looked into where it is not',
  before: ['legacy', 'dual', 'shadow', 'cutover', 'new'],
  isAskedAgain: false, // It reads the whole log.
  async check({ audit }) {
    const { broken, open: unexplained } = await audit();
    if (unexplained.length > 0)
      return shut(
        auditFault(unexplained),
        'Find out who, and compare with the last `sluice cutover report` or backup that is whole; then say by name that it was looked into: `sluice cutover audit --accept --by NAME --reason TEXT`.',
      );
    return open(broken.length === 0 ? 'whole' : `broken at ${broken.join(', ')}, which somebody has looked into`);
  },
};
