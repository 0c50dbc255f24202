/** Of an option that may be given more than once: all its values, in their order. */
export const collect = (value: string, all: readonly string[] = []): string[] => [...all, value];
