export { listen } from '@tollgate/scenario';
