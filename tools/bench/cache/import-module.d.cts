export function importModule<T>(name: string): Promise<T>;
