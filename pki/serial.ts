const SERIAL_OCTETS = 16;

/**
 * A new serial number from 16 random bytes, as lower-case hex without leading zero bytes.
 *
 * The sign bit is cleared, so 127 random bits remain and the INTEGER is positive (RFC 5280 4.1.2.2). Setting no other bit keeps
 * all of them random: millions of certificates with 63 bits had to be replaced in 2019.
 */
export function newSerial(random: Buffer): string {
  if (random.length !== SERIAL_OCTETS) throw new RangeError(`a serial number needs ${SERIAL_OCTETS} random bytes`);
  const bytes = Buffer.from(random);
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  if (bytes.every((byte) => byte === 0)) throw new RangeError('the random generator returns zeros');
  return serialHex(bytes);
}

/** The one spelling of a serial number: lower-case hex, whole bytes, no leading zero byte. */
export function serialHex(magnitude: Buffer): string {
  return magnitude.toString('hex').replace(/^(00)+(?=..)/, '');
}

/** Magnitude for the INTEGER; refuses any other spelling, so that one certificate has one serial number. */
export function serialBytes(serial: string): Buffer {
  if (!/^([0-9a-f]{2}){1,20}$/.test(serial) || (serial.startsWith('00') && serial !== '00')) {
    throw new RangeError('a serial number is lower-case hex of at most 20 bytes without leading zeros');
  }
  return Buffer.from(serial, 'hex');
}
