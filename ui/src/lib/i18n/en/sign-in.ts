export const signIn = {
  title: 'Sign in',
  sub: 'Credential management. For operators.',
  login: 'User name',
  password: 'Password',
  submit: 'Sign in',
  withCard: 'Sign in with your card',
  missingLogin: 'Write your user name',
  missingPassword: 'Write your password',
  demo: 'Demonstration sign-ins',
  demoHint: 'Choose one: each role sees another console.',
  holder: 'Do you hold a card?',
  holderLink: 'Go to the portal',
};
