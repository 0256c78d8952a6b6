/** What a PIN mailer says. PIN and PUK leave only here; the envelope number (with Luhn digit) binds it to the card, no name of a slot or key does. */
export interface PinMailer {
  locale: 'it' | 'en';
  organisation: string;
  envelope: string;
  deviceSerial: string;
  holderName: string;
  pin: string;
  puk: string;
  portalUrl: string;
}

/** Draws a document as PDF. Every text is drawn as text, never as markup. */
export interface DocumentRenderer {
  pinMailer(mailer: PinMailer): Promise<Buffer>;
}
