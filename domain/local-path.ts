/** The path if it is one of this site, else the start page: a link of somebody else's must not choose where a fresh session goes. */
export const localPath = (path: string | null | undefined): string => (path && /^\/(?![/\\])[^\\\u0000-\u0020]*$/.test(path) ? path : '/');
