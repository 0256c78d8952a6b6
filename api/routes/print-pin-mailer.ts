import { refOf } from '../../domain/actor.ts';
import { openWith } from '../../connectors/hsm/envelope.ts';
import { assertVisible } from '../../db/reads/visible-to.ts';
import { sealedDocumentStore, type TakenDocument } from '../../db/stores/sealed-documents.ts';
import { operation } from '../operation.ts';
import { Bytes, ById } from '../schemas/common.ts';

export const printPinMailer = operation({
  method: 'post',
  path: '/devices/{id}/pin-mailer',
  summary: 'The PIN mailer as PDF: once, then it is gone (410)',
  permission: 'code.print',
  params: ById,
  response: Bytes,
  responseType: 'application/pdf',
  refusals: ['already_printed'],
  handle: async ({ params, actor }, { db, codeKeys }) => {
    await assertVisible(db, actor, 'code.print', { table: 'devices', id: params.id });
    const open = async ({ id, ciphertext, keyId }: TakenDocument) =>
      openWith(await codeKeys.key(keyId), ciphertext, Buffer.from(`${id}|pin_mailer`));
    return sealedDocumentStore(db).take({ by: refOf(actor), deviceId: params.id, kind: 'pin_mailer', open });
  },
});
