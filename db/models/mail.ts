import { Model } from 'objection';

/** A mail to be sent: ids only, the text is made when it goes. */
export class Mail extends Model {
  static override tableName = 'mail_outbox';

  declare id: string;
  declare eventKey: string;
  declare template: string;
  declare locale: 'it' | 'en';
  /** Whom it is for: a holder, or somebody who signs in. */
  declare holderId: string | null;
  declare accountId: string | null;
  declare requestId: string | null;
  declare deviceId: string | null;
  declare state: 'queued' | 'sent' | 'refused';
  declare attempts: number;
  declare nextAttemptAt: Date;
  /** `server`: it did not take the mail, which is tried again. `address_refused`, `over`: final; what the mail was about may be over. */
  declare problem: 'server' | 'address_refused' | 'over' | null;
  declare createdAt: Date;
  declare sentAt: Date | null;
}
