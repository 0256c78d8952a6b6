import { clockService } from '../../db/clock.ts';
import { home } from '../../db/reads/home.ts';
import { mailService } from '../../db/reads/mail.ts';
import { operation } from '../operation.ts';
import { Home } from '../schemas/home.ts';

export const readHome = operation({
  method: 'get',
  path: '/home',
  summary: 'What waits for me, figures, and the state of the services',
  permission: 'home.read',
  response: Home,
  handle: async ({ actor }, { db, health }) => {
    const [figures, services, mail, clock] = await Promise.all([home(db, actor), health.report(), mailService(db), clockService(db)]);
    return { ...figures, services: [...services, mail, clock] };
  },
});
