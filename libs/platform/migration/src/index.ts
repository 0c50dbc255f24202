export * from './mapping/conversion';
export * from './mapping/legacy-table';
