import { body, client, write } from './client.ts';

const sent = (file: Blob, key: string) => ({
  params: { header: write(key) },
  headers: { 'Content-Type': 'application/octet-stream' },
  // the document says string, as OpenAPI does of bytes
  body: file as unknown as string,
  bodySerializer: () => file,
});

export const addPhoto = (file: Blob, key: string): Promise<{ id: string }> => body(client.POST('/photos', sent(file, key)));
export const addDocument = (file: Blob, key: string): Promise<{ id: string }> => body(client.POST('/documents', sent(file, key)));

export const photoAddress = (id: string): string => `/api/photos/${id}`;
export const documentAddress = (id: string): string => `/api/documents/${id}`;
