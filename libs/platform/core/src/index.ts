export { systemClock, type Clock } from './clock';
export { DomainError, messageOf, type ErrorKind } from './errors';
