import { PickRepository, PickWriter } from '@sluice/trading-persistence';
import { OutcomesService } from './outcomes.service';
import { PickOutcomesController } from './pick-outcomes.controller';
import { PicksController } from './picks.controller';
import { PicksService } from './picks.service';

export const picksParts = {
  controllers: [PicksController, PickOutcomesController],
  providers: [PickRepository, PickWriter, PicksService, OutcomesService],
};
