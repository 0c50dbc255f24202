import type { Mode } from '../domains/domain';

/** One step of a domain. `from` is null before the first. */
export interface Step {
  readonly from: Mode | null;
  readonly to: Mode;
}

const NEXT: Readonly<Record<Mode, Mode | null>> = {
  legacy: 'dual',
  dual: 'shadow',
  shadow: 'cutover',
  cutover: 'new',
  new: null,
};

/** The mode that comes next; null at the end. The step to `new` is the close, from which there is no way back. */
export const nextMode = (mode: Mode | null): Mode | null => (mode === null ? 'legacy' : NEXT[mode]);

/** The modes from which a domain can go back to `legacy`. */
export const canRollBack = (mode: Mode | null): boolean => mode === 'dual' || mode === 'shadow' || mode === 'cutover';

/** What a person types for a step. */
export const commandOf = (domain: string, to: Mode): string =>
  to === 'new'
    ? `sluice cutover close --domain ${domain} --by NAME`
    : `sluice cutover advance --domain ${domain} --to ${to} --by NAME`;
