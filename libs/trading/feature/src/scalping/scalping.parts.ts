import { join } from 'node:path';
import { systemClock } from '@sluice/core';
import { PickRepository, TopPicksRunRepository } from '@sluice/trading-persistence';
import { LegacyDirectory } from '../legacy-directory';
import { ScalpingExits } from '../recommendations/scalping-exits';
import { PositionsController } from './positions.controller';
import { PositionsService } from './positions.service';
import { ScalpingController } from './scalping.controller';
import { ScalpingService } from './scalping.service';

/** Needs `LegacyDirectory`, `TopPicksRunRepository` and `PickRepository`. Gives `ScalpingExits` to the evaluation of recommendations as well. */
export const scalpingParts = {
  controllers: [ScalpingController, PositionsController],
  providers: [
    ScalpingService,
    {
      provide: ScalpingExits,
      inject: [LegacyDirectory],
      useFactory: ({ path }: LegacyDirectory) =>
        new ScalpingExits(path === null ? null : join(path, 'data/scalping_exits')),
    },
    {
      provide: PositionsService,
      inject: [TopPicksRunRepository, PickRepository, ScalpingExits],
      useFactory: (runs: TopPicksRunRepository, picks: PickRepository, exits: ScalpingExits) =>
        new PositionsService({ runs, picks, exits, clock: systemClock }),
    },
  ],
};
