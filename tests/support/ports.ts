export { freePorts } from '@tollgate/scenario';
