// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.otlp;

import io.opentelemetry.api.common.AttributeKey;

/** Names of attributes: ours, and those that OpenTelemetry's conventions have. */
final class Keys {
    static final AttributeKey<String> STREAM = AttributeKey.stringKey("medicloud.stream.id");
    static final AttributeKey<Long> SEQUENCE = AttributeKey.longKey("medicloud.segment.sequence");
    static final AttributeKey<String> OBJECT = AttributeKey.stringKey("medicloud.segment.key");
    static final AttributeKey<Long> BYTES = AttributeKey.longKey("medicloud.segment.bytes");
    static final AttributeKey<Double> SECONDS = AttributeKey.doubleKey("medicloud.segment.seconds");
    static final AttributeKey<Boolean> INDEPENDENT = AttributeKey.booleanKey("medicloud.segment.independent");
    static final AttributeKey<Boolean> INCOMPLETE = AttributeKey.booleanKey("medicloud.segment.incomplete");
    static final AttributeKey<String> PUT = AttributeKey.stringKey("medicloud.store.result");
    static final AttributeKey<String> EVENT = AttributeKey.stringKey("medicloud.event");
    static final AttributeKey<String> RPC_SYSTEM = AttributeKey.stringKey("rpc.system.name");
    static final AttributeKey<String> RPC_METHOD = AttributeKey.stringKey("rpc.method");
    static final AttributeKey<String> RPC_STATUS = AttributeKey.stringKey("rpc.response.status_code");
    static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    static final AttributeKey<String> EXCEPTION = AttributeKey.stringKey("exception.stacktrace");
    static final AttributeKey<String> THREAD = AttributeKey.stringKey("thread.name");

    private Keys() {}
}
