/** One message, both forms. Addresses and content are text; the connector encodes them. */
export interface MailMessage {
  /** Stable id of the message at our side: becomes the Message-ID, so a second delivery can be recognised. */
  id: string;
  to: string;
  subject: string;
  text: string;
  html: string;
}

/** Sends mail. Throws `failure('invalid_input')` when the server refuses the recipient for good; any other error may be tried again. */
export interface Mailer {
  send(message: MailMessage): Promise<void>;
  /** Ends idle connections. */
  close(): Promise<void>;
}
