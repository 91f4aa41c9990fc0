// The simulator's table as it is printed.

export function printSimulator({ parts, missing }, { rounds, say }) {
  say(`\nmedians of ${rounds} rounds; a ratio is the simulator's figure by the other's of the same run`);
  const heads = ['simulator', 'emulator', 'ratio', 'Envoy', 'ratio'];
  say(`${''.padEnd(53)}${heads.map((head) => head.padStart(10)).join('')}  goal`);
  for (const { title, rows } of parts) {
    say(title);
    for (const row of rows) say(`  ${row.what.padEnd(51)}${columnsOf(row)}${goalOf(row)}`.trimEnd());
  }
  for (const line of missing) say(line);
}

function columnsOf({ simulator, emulator, emulatorRatio, envoy, envoyRatio }) {
  const figure = (value) => (value === undefined ? '' : value.toFixed(value < 1000 ? 1 : 0)).padStart(10);
  const ratio = (value) => (value === undefined ? '' : value.toFixed(2)).padStart(10);
  return [figure(simulator), figure(emulator), ratio(emulatorRatio), figure(envoy), ratio(envoyRatio)].join('');
}

function goalOf({ most, least, met }) {
  if (met === undefined) return '';
  return `  ${most === undefined ? `≥ ${least}` : `≤ ${most}`} ${met ? 'met' : 'MISSED'}`;
}
