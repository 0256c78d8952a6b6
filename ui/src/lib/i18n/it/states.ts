import type * as source from '../en/states.ts';

export const states: typeof source.states = {
  request: {
    draft: 'Bozza',
    submitted: 'Inviata',
    pending_approval: 'Da approvare',
    approved: 'Approvata',
    in_production: 'In produzione',
    produced: 'Prodotta',
    delivered: 'Consegnata',
    activated: 'Attivata',
    closed: 'Chiusa',
    rejected: 'Respinta',
    cancelled: 'Annullata',
    expired: 'Scaduta',
    failed: 'Non riuscita',
  },
  device: {
    in_stock: 'In magazzino',
    reserved: 'Prenotato',
    personalising: 'In personalizzazione',
    personalised: 'Personalizzato',
    shipped: 'Spedito',
    delivered: 'Consegnato',
    active: 'Attivo',
    suspended: 'Sospeso',
    revoked: 'Revocato',
    lost: 'Smarrito',
    stolen: 'Rubato',
    damaged: 'Guasto',
    expired: 'Scaduto',
    returned: 'Restituito',
    destroyed: 'Distrutto',
    spoiled: 'Scartato',
  },
  certificate: {
    requested: 'Richiesto',
    submitted: 'Inviato alla CA',
    issued: 'Emesso',
    active: 'Attivo',
    on_hold: 'Sospeso',
    revocation_pending: 'Revoca in corso',
    unknown: 'Esito ignoto',
    revoked: 'Revocato',
    failed: 'Rifiutato dalla CA',
    expired: 'Scaduto',
    superseded: 'Sostituito',
  },
  stoppedAt: (state, step) => `${state}, ferma al passo ${step}`,
  stepOf: (step, all) => `passo ${step} di ${all}`,
  holds: (n) => (n === 1 ? '1 sospensione' : `${n} sospensioni`),
};

export const waits: typeof source.waits = {
  approval: 'Un’approvazione',
  production: 'La produzione allo sportello',
  card: 'Una carta nel lettore',
  ca: 'La CA',
  delivery: 'La consegna',
  activation: 'Il titolare, che la attivi',
  hsm: 'L’HSM',
  system: 'Il sistema',
};

export const steps: typeof source.steps = {
  reserve: 'Carta vuota',
  codes: 'PIN e PUK',
  initialise: 'Inizializzazione',
  keys: 'Chiavi, nate sulla carta',
  certify: 'Certificati dalla CA',
  write: 'Certificati sulla carta',
  files: 'File dati',
  verify: 'Verifica finale, carta e archivio',
  mailer: 'Busta dei codici, sigillata',
};

export const models: typeof source.models = {
  desk: 'Sportello',
  bureau: 'Centro di personalizzazione',
  self: 'Autonoma',
  virtual: 'Token virtuale',
};

export const causes: typeof source.causes = {
  hold: {
    lost_temporarily: 'Per ora non si trova',
    suspected_misuse: 'Si teme un uso improprio',
    absence: 'Lunga assenza',
    holder_request: 'Lo chiede il titolare',
    investigation: 'Indagine in corso',
    other: 'Altro',
  },
  revocation: {
    lost: 'Persa per sempre',
    stolen: 'Rubata',
    damaged: 'Guasta',
    key_compromise: 'Una chiave può essere nota ad altri',
    left_organisation: 'Il titolare ha lasciato l’organizzazione',
    data_changed: 'I dati sul certificato sono cambiati',
    privilege_withdrawn: 'Il titolare non ne ha più diritto',
    other: 'Altro',
  },
};
