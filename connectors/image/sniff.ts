/** What a file is by its first bytes: what it is called, or said to be, does not count. */
export function sniff(bytes: Buffer): 'jpeg' | 'png' | 'pdf' | undefined {
  const start = bytes.subarray(0, 8).toString('latin1');
  if (start.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (start === '\x89PNG\r\n\x1a\n') return 'png';
  return start.startsWith('%PDF-') ? 'pdf' : undefined;
}
