export { ChangePolicy, type Caller } from './change-guard';
export { LatestPicksSource } from './latest-picks.source';
export { isLegacyPath } from './legacy-answers';
export { ParameterInvalidError, type ParameterProblem } from './legacy-parameters.pipe';
export { TradingModule } from './trading.module';
export { isBodyEmpty } from './no-body.guard';
export { callerOf, noteCaller } from './http/caller';
export { IdempotencyKeyInvalidError } from './http/idempotency';
export { RequestInvalidError, RequestPipe, type RequestProblem } from './http/request.pipe';
