import { ScalpingController } from './scalping.controller';
import { ScalpingService } from './scalping.service';

/** Needs `LegacyDirectory`. */
export const scalpingParts = { controllers: [ScalpingController], providers: [ScalpingService] };
