import { LevelsController } from './levels.controller';
import { LevelsService } from './levels.service';

export const levelsParts = { controllers: [LevelsController], providers: [LevelsService] };
