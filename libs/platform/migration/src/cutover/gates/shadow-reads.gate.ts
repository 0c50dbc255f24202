import { shadowReads } from '../../domains/shadow-reads';
import { open, shut, type Gate } from '../gate';

export const shadowReadsGate: Gate = {
  name: 'shadow-reads',
  about: 'enough reads were asked of both sides in this mode, and no difference is without an explanation',
  before: ['cutover'],
  isAskedAgain: true,
  async check({ client, domain, policy }) {
    const reads = await shadowReads(client, domain.name);
    if (reads?.mode !== 'shadow') return shut('the domain is not in mode shadow', 'Advance it to `shadow` first.');
    const { compared, unexplained, skipped, failed } = reads;
    const evidence = `${compared} compared, ${unexplained} unexplained, ${skipped} not judged, ${failed} without an answer`;
    if (unexplained > 0)
      return shut(evidence, `Look at \`sluice cutover explain --domain ${domain.name}\`; mend the difference, or say why it is none with \`sluice cutover explain ID --by NAME --reason TEXT\`.`); // prettier-ignore
    if (compared < policy.shadowReads)
      return shut(`${evidence}; ${policy.shadowReads} are asked for`, 'Let the API serve reads, or raise SHADOW_READS_PERCENT.'); // prettier-ignore
    return open(evidence);
  },
};
