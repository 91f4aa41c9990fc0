export { type RawAnswer, type RawRequest, rawHttp } from '@tollgate/scenario';
