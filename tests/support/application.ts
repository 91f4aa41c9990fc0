export { type Application, type SeenRequest, startApplication } from '@tollgate/scenario';
