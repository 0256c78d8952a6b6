import type * as source from '../en/sign-in.ts';

export const signIn: typeof source.signIn = {
  title: 'Accedi',
  sub: 'Gestione delle credenziali. Per gli operatori.',
  login: 'Nome utente',
  password: 'Password',
  submit: 'Accedi',
  withCard: 'Accedi con la tua carta',
  missingLogin: 'Scrivi il tuo nome utente',
  missingPassword: 'Scrivi la tua password',
  demo: 'Accessi della dimostrazione',
  demoHint: 'Scegline uno: ogni ruolo vede un’altra console.',
  holder: 'Sei titolare di una carta?',
  holderLink: 'Vai al portale',
};
