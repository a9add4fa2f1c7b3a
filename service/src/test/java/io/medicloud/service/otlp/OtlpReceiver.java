// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.otlp;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.grpc.GrpcService;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceResponse;
import io.opentelemetry.proto.collector.metrics.v1.MetricsServiceGrpc;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A receiver of OTLP as collectors are one: gRPC over a socket, with the official messages, and over HTTP for who wants that. */
final class OtlpReceiver implements AutoCloseable {
    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final List<LogRecord> logs = new CopyOnWriteArrayList<>();
    private final List<Metric> metrics = new CopyOnWriteArrayList<>();
    private final Server server;

    /** @param port 0 for any free one */
    OtlpReceiver(int port) {
        server = Server.builder()
                .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                .service(GrpcService.builder()
                        .addService(new Traces())
                        .addService(new Logs())
                        .addService(new Metrics())
                        .build())
                .service(
                        "/v1/traces",
                        (context, request) ->
                                HttpResponse.of(request.aggregate().thenApply(whole -> {
                                    take(whole.content().array());
                                    return HttpResponse.of(HttpStatus.OK, MediaType.PROTOBUF, new byte[0]);
                                })))
                .build();
        server.start().join();
    }

    private void take(byte[] request) {
        try {
            take(ExportTraceServiceRequest.parseFrom(request));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private void take(ExportTraceServiceRequest request) {
        request.getResourceSpansList()
                .forEach(of -> of.getScopeSpansList().forEach(in -> spans.addAll(in.getSpansList())));
    }

    int port() {
        return server.activeLocalPort();
    }

    List<Span> spans() {
        return spans;
    }

    /** Those of a trace. */
    List<Span> spans(String traceId) {
        return spans.stream()
                .filter(span -> hex(span.getTraceId()).equals(traceId))
                .toList();
    }

    List<LogRecord> logs() {
        return logs;
    }

    List<Metric> metrics() {
        return metrics;
    }

    static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    /** An attribute as text; empty if there is none. */
    static String text(List<KeyValue> attributes, String name) {
        return attributes.stream()
                .filter(attribute -> attribute.getKey().equals(name))
                .map(attribute -> attribute.getValue().hasIntValue()
                        ? Long.toString(attribute.getValue().getIntValue())
                        : attribute.getValue().getStringValue())
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() {
        server.stop().join();
    }

    private final class Traces extends TraceServiceGrpc.TraceServiceImplBase {
        @Override
        public void export(ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> responses) {
            take(request);
            responses.onNext(ExportTraceServiceResponse.getDefaultInstance());
            responses.onCompleted();
        }
    }

    private final class Logs extends LogsServiceGrpc.LogsServiceImplBase {
        @Override
        public void export(ExportLogsServiceRequest request, StreamObserver<ExportLogsServiceResponse> responses) {
            request.getResourceLogsList()
                    .forEach(of -> of.getScopeLogsList().forEach(in -> logs.addAll(in.getLogRecordsList())));
            responses.onNext(ExportLogsServiceResponse.getDefaultInstance());
            responses.onCompleted();
        }
    }

    private final class Metrics extends MetricsServiceGrpc.MetricsServiceImplBase {
        @Override
        public void export(
                ExportMetricsServiceRequest request, StreamObserver<ExportMetricsServiceResponse> responses) {
            request.getResourceMetricsList()
                    .forEach(of -> of.getScopeMetricsList().forEach(in -> metrics.addAll(in.getMetricsList())));
            responses.onNext(ExportMetricsServiceResponse.getDefaultInstance());
            responses.onCompleted();
        }
    }
}
