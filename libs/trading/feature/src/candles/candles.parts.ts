import { CandlesController } from './candles.controller';
import { CandlesService } from './candles.service';

/** What the module needs of candles. */
export const candlesParts = { controllers: [CandlesController], providers: [CandlesService] };
