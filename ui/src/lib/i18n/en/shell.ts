import { plurals } from '../plural.ts';

const n = plurals('en-GB');

export const app = {
  name: 'smartCMS',
  skip: 'Skip to content',
  demonstration: 'Demonstration: invented people, virtual cards, nothing here is real',
  test: 'Test environment: nothing here is real',
  environment: 'Environment',
  titleError: 'Error:',
};

export const act = {
  cancel: 'Cancel',
  close: 'Close',
  retry: 'Try again',
  reload: 'Reload',
  signOut: 'Sign out',
  signIn: 'Sign in',
  more: 'More actions',
  open: 'Open',
  dismiss: 'Dismiss',
  clearFilters: 'Clear filters',
  filter: 'Filter',
  apply: 'Apply',
  back: 'Back',
  continue: 'Continue',
  show: 'Show',
};

export const time = {
  today: 'Today',
  yesterday: 'Yesterday',
  d: 'd',
  since: 'Since',
  due: (d: string) => `due in ${d}`,
  overdue: (d: string) => `overdue by ${d}`,
};

export const nav = {
  main: 'Main',
  open: 'Open navigation',
  side: 'Side bar',
  drawer: 'Drawer',
  places: 'Places',
  breadcrumb: 'Breadcrumb',
  home: 'Home',
  requests: 'Requests',
  newRequest: 'New request',
  holders: 'People',
  desk: 'Desk',
  credentials: 'Credentials',
  devices: 'Devices',
  organisation: 'Organisation',
  units: 'Units',
  operators: 'Operators',
  roles: 'Roles',
  oversight: 'Oversight',
  audit: 'Audit',
  system: 'System',
  fields: 'Data fields',
  apiKeys: 'API keys',
  signInSources: 'Sign-in sources',
  logging: 'Logging',
  workingAs: 'Working as',
  switchAssignment: 'Switch assignment',
  theme: 'Switch between light and dark',
  account: 'Account',
  keys: 'Keyboard shortcuts',
};

export const palette = {
  title: 'Search or jump to…',
  placeholder: 'A name, a number, a serial, or what you want to do',
  here: 'On this page',
  places: 'Go to',
  requests: 'Requests',
  devices: 'Devices',
  nothing: (q: string) => `Nothing found for “${q}”`,
  choose: 'choose',
  open: 'open',
  leave: 'back to where you were',
};

export const keys = {
  title: 'Keyboard shortcuts',
  everywhere: 'Everywhere',
  lists: 'In lists',
  here: 'On this page',
  help: 'This list',
  palette: 'Search or jump to…',
  search: 'Search in this list',
  move: 'Move between rows',
  select: 'Select the row',
  range: 'Select up to this row',
  open: 'Open the row',
  leave: 'Back, or clear the selection',
  then: 'then',
  switchedOn: 'Single keys are on',
  hint: 'They never act while you type or while a dialog is open.',
};

export const list = {
  shown: (count: number, more: boolean) => n(count, '# shown', '# shown') + (more ? ', there are more' : ''),
  newer: 'Newer',
  older: 'Older',
  selected: (count: number) => n(count, '# selected', '# selected'),
  selectAll: 'Select the rows shown',
  select: (what: string) => `Select ${what}`,
  clear: 'Clear the selection',
  changed: (count: number) => n(count, '# change: show it', '# changes: show them'),
  sortBy: (what: string) => `Sort by ${what}`,
  sort: 'Sort',
  removeFilter: (what: string) => `Remove filter ${what}`,
  any: 'Any',
  from: 'From',
  to: 'To',
  search: 'Search in this list',
  moveKey: 'move',
  openKey: 'open',
  selectKey: 'select',
  allKeys: 'all keys',
  searchKey: 'search',
  loading: 'Loading',
  none: '–',
};

export const field = {
  optional: '(optional)',
  choose: 'Choose…',
  showPassword: 'Show password',
  hidePassword: 'Hide password',
  summary: (count: number) => n(count, 'There is # thing to correct', 'There are # things to correct'),
  reason: 'Reason',
  reasonHint: 'It is recorded in the audit and shown in the history.',
  reasonMissing: 'Choose a reason',
  writeReason: 'Write why',
  comment: 'Comment',
};

export const oops = {
  title: 'This page could not be read',
  notFound: 'Not found, or not visible to you',
  notFoundHint: 'It may have been moved to another office, or the address is incomplete.',
  home: 'Go to the home page',
  signedOut: 'Sign in and you come to the page you wanted.',
  noRole: 'Your role does not show this page',
  noRoleHint: 'Use the side bar for what you can open, or ask your administrator for the role.',
};
