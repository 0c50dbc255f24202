import { join } from 'node:path';
import { LegacyDirectory } from '../legacy-directory';
import { ScalpingExits } from '../recommendations/scalping-exits';
import { ScalpingController } from './scalping.controller';
import { ScalpingService } from './scalping.service';

/** Needs `LegacyDirectory`. Gives `ScalpingExits` to the evaluation of recommendations as well. */
export const scalpingParts = {
  controllers: [ScalpingController],
  providers: [
    ScalpingService,
    {
      provide: ScalpingExits,
      inject: [LegacyDirectory],
      useFactory: ({ path }: LegacyDirectory) =>
        new ScalpingExits(path === null ? null : join(path, 'data/scalping_exits')),
    },
  ],
};
