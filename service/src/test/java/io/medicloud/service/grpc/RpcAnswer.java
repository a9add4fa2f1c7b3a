// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.api.AnnotationsProto;
import com.google.api.HttpRule;
import com.google.protobuf.Message;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.common.QueryParamsBuilder;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import com.linecorp.armeria.common.SplitHttpResponse;
import com.linecorp.armeria.common.stream.StreamMessage;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.medicloud.service.grpc.Callers.Caller;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * The first that a caller hears of a call.
 *
 * @param code OK if that is a message
 * @param text the message, or why there is none
 */
record RpcAnswer(Status.Code code, String text) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PATIENCE_S = 20;

    /** Over gRPC or gRPC-Web, as the channel does. */
    static RpcAnswer of(Channel channel, ServedRpc rpc, String stream) throws Exception {
        ClientCall<Message, Message> asked =
                channel.newCall(rpc.call(), CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_S, TimeUnit.SECONDS));
        CompletableFuture<RpcAnswer> answered = new CompletableFuture<>();
        asked.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(Message message) {
                        answered.complete(new RpcAnswer(Status.Code.OK, message.toString()));
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        // A call that was answered with nothing was not answered.
                        answered.complete(new RpcAnswer(
                                status.isOk() ? Status.Code.UNKNOWN : status.getCode(),
                                String.valueOf(status.getDescription())));
                    }
                },
                new Metadata());
        asked.request(1);
        asked.sendMessage(rpc.request(stream));
        asked.halfClose();
        RpcAnswer answer = answered.get(PATIENCE_S + 1, TimeUnit.SECONDS);
        asked.cancel("answered", null);
        return answer;
    }

    /** As JSON, or as server-sent events. */
    static RpcAnswer of(WebClient client, Caller caller, ServedRpc rpc, String stream) throws Exception {
        HttpRule rule = rpc.schema().getOptions().getExtension(AnnotationsProto.http);
        Map<String, Object> question = rpc.question(stream);
        String path = rule.getGet() + rule.getPost() + rule.getDelete() + rule.getPatch();
        for (String name : List.copyOf(question.keySet())) {
            if (path.contains("{" + name + "}")) {
                path = path.replace("{" + name + "}", String.valueOf(question.remove(name)));
            }
        }
        boolean hasBody = !rule.getBody().isEmpty();
        RequestHeadersBuilder headers = RequestHeaders.builder(
                        HttpMethod.valueOf(rule.getPatternCase().name()), hasBody ? path : path + query(question))
                .add("content-type", "application/json");
        if (!caller.token().isEmpty()) {
            headers.add("authorization", "Bearer " + caller.token());
        }
        HttpResponse response =
                client.execute(headers.build(), hasBody ? JSON.writeValueAsBytes(question) : new byte[0]);
        SplitHttpResponse parts = response.split();
        HttpStatus status = parts.headers().get(PATIENCE_S, TimeUnit.SECONDS).status();
        String text = beginning(parts.body()).get(PATIENCE_S, TimeUnit.SECONDS);
        response.abort();
        if (status.equals(HttpStatus.OK)) {
            return new RpcAnswer(text.isEmpty() ? Status.Code.UNKNOWN : Status.Code.OK, text);
        }
        JsonNode error = JSON.readTree(text);
        Status.Code code = Status.Code.valueOf(error.get("grpc-code").asText());
        if (error.get("code").asInt() != code.value()) {
            throw new AssertionError(text);
        }
        return new RpcAnswer(code, status.code() + " " + text);
    }

    private static String query(Map<String, Object> question) {
        QueryParamsBuilder query = QueryParams.builder();
        question.forEach((name, value) ->
                query.add(name, String.valueOf(value instanceof List<?> all ? all.get(0) : value)));
        return question.isEmpty() ? "" : "?" + query.build().toQueryString();
    }

    /** All of it, or the first event of those that come without end. */
    private static CompletableFuture<String> beginning(StreamMessage<HttpData> body) {
        CompletableFuture<String> read = new CompletableFuture<>();
        StringBuilder all = new StringBuilder();
        body.subscribe(new Subscriber<>() {
            @Override
            public void onSubscribe(Subscription subscription) {
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(HttpData data) {
                all.append(data.toStringUtf8());
                if (all.indexOf("data:") >= 0) {
                    read.complete(all.toString());
                }
            }

            @Override
            public void onError(Throwable why) {
                read.completeExceptionally(why);
            }

            @Override
            public void onComplete() {
                read.complete(all.toString());
            }
        });
        return read;
    }
}
