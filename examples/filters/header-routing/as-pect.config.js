// The filter's callbacks, called by the simulator's host from within a spec:
//   npx asp -c examples/filters/header-routing/as-pect.config.js -a examples/filters/header-routing/as-pect.asconfig.json
import { aspectHost } from '@tollgate/host-sim/aspect';

export default {
  entries: ['examples/filters/header-routing/*.spec.ts'],
  include: [],
  disclude: [/node_modules/],
  outputBinary: false,
  ...aspectHost(),
};
