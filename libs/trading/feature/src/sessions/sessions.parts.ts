import { SessionRepository } from '@sluice/trading-persistence';
import { SessionsController } from './sessions.controller';

/** What clients keep of a session; none of the legacy systems. */
export const sessionsParts = { controllers: [SessionsController], providers: [SessionRepository] };
