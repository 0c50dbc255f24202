const LOOPBACK = /^(?:localhost|::1|\[::1\]|(?:::ffff:)?127(?:\.\d{1,3}){3})$/i;

/** Whether an address, or the name of one, is this machine's own: nobody else can connect to it. */
export const isLoopbackHost = (host: string): boolean => LOOPBACK.test(host);
