export const signIn = {
  title: 'Sign in',
  sub: 'Credential management. For operators.',
  login: 'User name',
  password: 'Password',
  submit: 'Sign in',
  missingLogin: 'Write your user name',
  missingPassword: 'Write your password',
  demo: 'Demonstration sign-ins',
  demoHint: 'Choose one: each role sees another console.',
  holder: 'Do you hold a card?',
  holderLink: 'Go to the portal',
};
