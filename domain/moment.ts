import { z } from 'zod';

/** A moment that a person gives, in UTC: PostgreSQL has no year 0 and no offset of 16 hours. */
export const Moment = z.iso
  .datetime({ offset: true })
  .refine((time) => {
    const year = new Date(time).getUTCFullYear();
    return year >= 1 && year <= 9999;
  }, 'A moment of the years 1 to 9999')
  .transform((time) => new Date(time).toISOString());
