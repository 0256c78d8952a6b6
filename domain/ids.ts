import { z } from 'zod';

/** UUIDv7, made in Node (`uuid` v7), so that ids sort by time of creation. */
const id = <T extends string>(brand: T) =>
  z
    .uuid()
    .brand(brand)
    .meta({ description: `Id of a ${brand}, UUIDv7` });

export const UnitId = id('Unit');
export const OperatorId = id('Operator');
export const HolderId = id('Holder');
export const RequestId = id('Request');
export const DeviceId = id('Device');
export const CertificateId = id('Certificate');
export const ProductionId = id('Production');
export const StationId = id('Station');

export type UnitId = z.infer<typeof UnitId>;
export type OperatorId = z.infer<typeof OperatorId>;
export type HolderId = z.infer<typeof HolderId>;
export type RequestId = z.infer<typeof RequestId>;
export type DeviceId = z.infer<typeof DeviceId>;
export type CertificateId = z.infer<typeof CertificateId>;
export type ProductionId = z.infer<typeof ProductionId>;
export type StationId = z.infer<typeof StationId>;
