/** The certificates of the authorities that the machine believes, where Debian, Ubuntu and Alpine keep them. */
export const systemAuthorities = '/etc/ssl/certs/ca-certificates.crt';
