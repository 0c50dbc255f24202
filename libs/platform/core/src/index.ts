export { systemClock, type Clock } from './clock';
export { DomainError, messageOf, type ErrorKind } from './errors';
export { inStepMs } from './in-step';
export { inTime } from './in-time';
export { isObject } from './is-object';
export { makeFolder } from './make-folder';
export { dieOfHangUp, onStopSignal, type StopSignal } from './stop-signals';
