// SPDX-License-Identifier: Apache-2.0
/**
 * Who owns which stream among many nodes, and who may write which segment number: the protocol of docs/cluster.md. It owns no
 * socket, thread, timer or clock; entries and the time come in, entries and orders to the host go out.
 */
@NullMarked
package io.medicloud.service.cluster;

import org.jspecify.annotations.NullMarked;
