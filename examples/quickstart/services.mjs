// The two applications. They know nothing of tokens, lists or limits: that is their Envoys' work.
import { createServer, get } from 'node:http';

const vendorNames = { 7: 'Seven Seas Trading', 8: 'Octagon Supplies' };

/** Vendor information: GET /vendors/{id}. */
export function vendors() {
  return createServer((request, response) => {
    const [, collection, id] = new URL(request.url, 'http://vendors').pathname.split('/');
    if (collection === 'healthz') answer(response, 200, { status: 'ok' });
    else if (collection === 'vendors' && vendorNames[id])
      answer(response, 200, { id: Number(id), name: vendorNames[id] });
    else answer(response, 404, { error: 'no such vendor' });
  });
}

/** The order centre: GET /orders/{id} asks the vendor centre, through the Envoy at its side. */
export function orders({ proxyPort }) {
  return createServer((request, response) => {
    const options = { host: '127.0.0.1', port: proxyPort, path: '/vendors/7', headers: { host: 'vendors' } };
    const call = get(options, (vendor) => {
      const chunks = [];
      vendor.on('data', (chunk) => chunks.push(chunk));
      vendor.on('end', () => {
        // What the vendor centre's side refused is handed on as it is, so that the caller sees why.
        const reason = vendor.headers['x-tollgate-reason'];
        if (vendor.statusCode !== 200)
          return answer(response, vendor.statusCode, JSON.parse(Buffer.concat(chunks)), reason);
        answer(response, 200, { order: request.url.split('/')[2], vendor: JSON.parse(Buffer.concat(chunks)) });
      });
    });
    call.on('error', (error) => answer(response, 502, { error: error.message }));
  });
}

function answer(response, status, body, reason) {
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(reason ? { 'x-tollgate-reason': reason } : {}),
  });
  response.end(`${JSON.stringify(body)}\n`);
}
