// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.service.stream.StreamException.Kind;
import io.medicloud.srt.SrtMode;
import io.medicloud.srt.SrtOptions;
import io.medicloud.srt.SrtStreamId;
import io.medicloud.srt.SrtUri;

/** Which way a stream comes in. */
public sealed interface Ingress {
    /** Its encoder calls a port that is the stream's alone. */
    Ingress OWN_PORT = new Own();

    /**
     * Reads what a request says; both may be empty, one may be given.
     *
     * @throws StreamException if it cannot be; the message names the field
     */
    static Ingress of(String sourceUrl, String streamId) throws StreamException {
        if (!sourceUrl.isEmpty() && !streamId.isEmpty()) {
            throw new StreamException(Kind.INVALID, "source_url and stream_id: only one of them may be given");
        }
        if (!sourceUrl.isEmpty()) {
            return pull(sourceUrl);
        }
        return streamId.isEmpty() ? OWN_PORT : shared(streamId);
    }

    private static Ingress pull(String sourceUrl) throws StreamException {
        SrtUri uri;
        try {
            uri = SrtUri.parse(sourceUrl);
        } catch (IllegalArgumentException e) {
            throw new StreamException(Kind.INVALID, "source_url: " + e.getMessage());
        }
        if (uri.mode() != SrtMode.CALLER) {
            throw new StreamException(
                    Kind.INVALID, "source_url: must be called, as srt://HOST:PORT with mode=caller or without mode");
        }
        // Else clients would choose what is bound here, and names that are looked up.
        if (!uri.adapter().isEmpty() || uri.localPort() != 0) {
            throw new StreamException(
                    Kind.INVALID, "source_url: adapter and port: from where is called is not for clients to say");
        }
        return new Pull(uri);
    }

    private static Ingress shared(String streamId) throws StreamException {
        try {
            SrtOptions.STANDARD.withStreamId(streamId);
            SrtStreamId id = SrtStreamId.parse(streamId);
            if (id.resource().isEmpty()) {
                throw new StreamException(Kind.INVALID, "stream_id: names no resource, r=…");
            }
            return new Shared(id.resource());
        } catch (IllegalArgumentException e) {
            throw new StreamException(Kind.INVALID, "stream_id: " + e.getMessage());
        }
    }

    /** Its encoder calls a port that is the stream's alone. */
    record Own() implements Ingress {}

    /**
     * Its encoder calls the port that streams share.
     *
     * @param resource what its stream id asks for
     */
    record Shared(String resource) implements Ingress {}

    /**
     * We call.
     *
     * @param uri whom
     */
    record Pull(SrtUri uri) implements Ingress {}
}
