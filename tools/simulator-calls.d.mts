export const page: string;
export function callsPage(): string;
