// SPDX-License-Identifier: Apache-2.0
// client.mjs HOST:PORT: a client of the livestream service that is told what to call, one JSON object a line.
//
// standard input:  {"id": 1, "rpc": "StartPullStream", "request": {"live_id": "a", "passphrase": "…"}}, {"id": 1, "cancel": true}
// standard output: {"id": 1, "message": {…}} for each answer, then {"id": 1, "status": "OK", "details": ""}
//
// Ends when its input does.
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const file = fileURLToPath(new URL('livestream.proto', import.meta.url));
const definition = loader.loadSync(file, { keepCase: true, enums: String, defaults: true });
const { livestream } = grpc.loadPackageDefinition(definition);
const client = new livestream.Livestream(process.argv[2], grpc.credentials.createInsecure());
const calls = new Map();

function say(id, what) {
  process.stdout.write(`${JSON.stringify({ id, ...what })}\n`);
}

function end(id, code, details) {
  calls.delete(id);
  say(id, { status: grpc.status[code], details });
}

function call({ id, rpc, request }) {
  const { responseStream } = client[rpc];
  if (!responseStream) {
    calls.set(id, client[rpc](request ?? {}, { deadline: Date.now() + 60_000 }, (error, message) => {
      if (!error) say(id, { message });
      end(id, error?.code ?? grpc.status.OK, error?.details ?? '');
    }));
    return;
  }
  const stream = client[rpc](request ?? {});
  calls.set(id, stream);
  stream.on('data', (message) => say(id, { message }));
  stream.on('error', () => {}); // Its status follows.
  stream.on('status', (status) => end(id, status.code, status.details));
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const order = JSON.parse(line);
    if (order.cancel) calls.get(order.id)?.cancel();
    else call(order);
  })
  .on('close', () => process.exit(0));
