import type { Knex } from 'knex';

import { system } from '../../domain/actor.ts';
import type { ActorRef } from '../../domain/actor.ts';
import { failure } from '../../domain/errors.ts';
import { SealedDocument } from '../models/sealed-document.ts';
import { recordEvent, transaction } from '../transaction.ts';
import { found, operatorId } from './rows.ts';

export type NewSealedDocument = Pick<SealedDocument, 'id' | 'kind' | 'deviceId' | 'envelope' | 'keyId'> & { ciphertext: Buffer };
export type TakenDocument = Pick<SealedDocument, 'id' | 'keyId'> & { ciphertext: Buffer };

interface Taking {
  by: ActorRef;
  deviceId: string;
  kind: 'pin_mailer';
  /** Opens what is taken. If it fails, the document stays. */
  open: (document: TakenDocument) => Promise<Buffer>;
}

export type SealedDocumentStore = ReturnType<typeof sealedDocumentStore>;

/** Documents that leave once, encrypted until then. */
export const sealedDocumentStore = (knex: Knex) => ({
  /** Keeps the document; a second one of the same device and kind is ignored. Returns the one that is kept. */
  put: (document: NewSealedDocument): Promise<{ id: string; envelope: string }> =>
    transaction(knex, system, async (trx) => {
      await SealedDocument.query(trx).insert(document).onConflict(['deviceId', 'kind']).ignore();
      const { deviceId, kind } = document;
      return found(await SealedDocument.query(trx).select('id', 'envelope').findOne({ deviceId, kind }), 'document');
    }),

  /** Gives the document to exactly one caller and forgets it in the same transaction; afterwards `already_printed`. */
  take: ({ by, deviceId, kind, open }: Taking): Promise<Buffer> =>
    transaction(knex, by, async (trx) => {
      const document = found(await SealedDocument.query(trx).findOne({ deviceId, kind }).forUpdate(), 'document');
      const { id, envelope, ciphertext, keyId } = document;
      if (!ciphertext)
        throw failure('already_printed', 'The PIN mailer was printed and is gone. If it was lost, the card must be replaced.');
      const plain = await open({ id, ciphertext, keyId });
      await SealedDocument.query(trx)
        .findById(id)
        .patch({ ciphertext: null, printedAt: new Date(), printedBy: operatorId(by) });
      await recordEvent(trx, { kind: 'secret_read', objectType: 'sealed_documents', objectId: id, detail: { deviceId, envelope } });
      return plain;
    }),
});
