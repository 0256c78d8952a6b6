/** An identity source cannot be asked, or is not as it was configured: no fault of who signs in. The message says to an administrator what to look at. */
export class SourceTrouble extends Error {
  override name = 'SourceTrouble';
}
