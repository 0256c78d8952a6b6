import type { PinMailer } from './printer.ts';

interface MailerText {
  title: string;
  envelope: string;
  card: string;
  opening: string;
  pin: string;
  puk: string;
  pinUse: string;
  pukUse: string;
  fold: string;
  steps: (portalUrl: string) => string[];
  stepsTitle: string;
  warning: string;
}

/** Every word of the PIN mailer. */
export const pinMailerText: Record<PinMailer['locale'], MailerText> = {
  it: {
    title: 'Codici personali del dispositivo',
    envelope: 'Busta',
    card: 'Matricola del dispositivo',
    opening: 'Riservato al destinatario. Se la busta è aperta o rovinata, non usare il dispositivo e avvisa subito l’ufficio.',
    pin: 'PIN',
    puk: 'PUK',
    pinUse: 'Lo digiti ogni volta che usi il dispositivo. Tre errori lo bloccano.',
    pukUse: 'Serve solo per sbloccare il PIN. Dieci errori bloccano il dispositivo per sempre.',
    fold: 'piegare qui',
    stepsTitle: 'Che cosa fare adesso',
    steps: (url) => [
      `Apri ${url} e attiva il dispositivo.`,
      'Cambia il PIN: da 6 a 8 cifre che solo tu conosci.',
      'Conserva questo foglio in un luogo sicuro, lontano dal dispositivo.',
    ],
    warning: 'Nessuno ti chiederà mai il PIN o il PUK per telefono, per posta elettronica o allo sportello.',
  },
  en: {
    title: 'Personal codes of your device',
    envelope: 'Envelope',
    card: 'Serial number of the device',
    opening: 'For the addressee only. If the envelope is open or damaged, do not use the device and tell the office at once.',
    pin: 'PIN',
    puk: 'PUK',
    pinUse: 'You type it each time you use the device. Three errors block it.',
    pukUse: 'It only serves to unblock the PIN. Ten errors block the device for ever.',
    fold: 'fold here',
    stepsTitle: 'What to do now',
    steps: (url) => [
      `Open ${url} and activate the device.`,
      'Change the PIN: 6 to 8 digits that only you know.',
      'Keep this sheet in a safe place, away from the device.',
    ],
    warning: 'Nobody will ever ask you for the PIN or the PUK by phone, by e-mail or at a desk.',
  },
};
