/** What stands between the cells: whichever of the two the first line has more of. */
export function delimiterOf(content: string): ',' | ';' {
  const header = content.slice(0, content.search(/[\r\n]|$/));
  return header.split(';').length > header.split(',').length ? ';' : ',';
}

/** Where a record begins, counted from 1 with the header as editors count, from the line on which it ends. */
export const firstLineOf = (record: readonly string[], lastLine: number): number =>
  lastLine - record.join('').split(/\r\n|\n|\r/).length + 1;
