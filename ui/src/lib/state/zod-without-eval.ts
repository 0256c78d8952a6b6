import { z } from 'zod';

// zod would otherwise try whether it may compile its checks, which the content security policy forbids and reports.
z.config({ jitless: true });
