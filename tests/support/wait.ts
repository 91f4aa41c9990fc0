export { event, NotInTime, until, within } from '@tollgate/scenario/wait';
