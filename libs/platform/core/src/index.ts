export { systemClock, type Clock } from './clock';
export { DomainError, messageOf, type ErrorKind } from './errors';
export { inTime } from './in-time';
