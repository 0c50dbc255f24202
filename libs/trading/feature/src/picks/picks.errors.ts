import { DomainError } from '@sluice/core';

/** No pick has this id. */
export class PickUnknownError extends DomainError {
  readonly code = 'TRADING_PICK_UNKNOWN';
  readonly kind = 'not-found';

  constructor() {
    super('There is no such pick.');
  }
}

/** The pick has no outcome at this horizon. */
export class OutcomeUnknownError extends DomainError {
  readonly code = 'TRADING_OUTCOME_UNKNOWN';
  readonly kind = 'not-found';

  constructor() {
    super('The pick has no outcome at this horizon, or there is no such pick.');
  }
}

/** An exit is of no pick that is known. Nothing was stored, so it can be sent again once the pick is there. */
export class ExitUnmatchedError extends DomainError {
  readonly code = 'TRADING_EXIT_UNMATCHED';
  readonly kind = 'not-found';

  constructor(scalpingPicks: number) {
    super(
      scalpingPicks === 0
        ? 'The symbol has no scalping pick of the day of the entry.'
        : 'No scalping pick of the day is within the tolerance of the entry.',
      { remedy: 'Widen tolerance_minutes or tolerance_pct, or ask for any_distance.' },
    );
  }
}

/** The days that are asked for are no range, or too many. */
export class DayRangeError extends DomainError {
  readonly code = 'TRADING_DAY_RANGE';
  readonly kind = 'invalid';

  constructor(maxDays: number) {
    super(`from must not be after to, and the range at most ${maxDays} days.`);
  }
}

/** There are no prices of a day: nothing of it was judged, and never by the prices of another day. */
export class NoCandlesOfDayError extends DomainError {
  readonly code = 'TRADING_NO_CANDLES_OF_DAY';
  readonly kind = 'not-found';

  constructor() {
    super('There are no candles of this day for any of its picks.');
  }
}

/** A day whose session has not closed: its outcomes would be those of the hours so far, and an outcome is computed once. */
export class DayNotOverError extends DomainError {
  readonly code = 'TRADING_DAY_NOT_OVER';
  readonly kind = 'conflict';

  constructor() {
    super('The market of this day has not closed yet; it is judged from 15:30 in India.');
  }
}
