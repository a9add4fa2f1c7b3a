// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a service has said over HTTP/2, as frames (RFC 9113, 4.1). */
public final class RawFrames {
    private static final int HEAD = 9;

    private final List<Frame> frames = new ArrayList<>();

    private record Frame(int type, ByteBuf payload) {}

    /** The last frame may be there in part: it is left out. */
    public RawFrames(byte[] bytes) {
        ByteBuf all = Unpooled.wrappedBuffer(bytes);
        while (all.readableBytes() >= HEAD) {
            int length = all.readUnsignedMedium();
            int type = all.readUnsignedByte();
            all.skipBytes(HEAD - 4);
            if (all.readableBytes() < length) {
                break;
            }
            frames.add(new Frame(type, all.readSlice(length)));
        }
    }

    /** How many there are of a type. */
    public long count(int type) {
        return frames.stream().filter(frame -> frame.type == type).count();
    }

    /** Why the service has closed the connection, by its code; -1 if it has not said so. */
    public long goAway() {
        return frames.stream()
                .filter(frame -> frame.type == RawClient.GOAWAY)
                .mapToLong(frame -> frame.payload.getUnsignedInt(4))
                .findFirst()
                .orElse(-1);
    }

    /** A header of an answer, or of its trailers; null if there is none. */
    public @Nullable String header(String name) {
        DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false);
        String found = null;
        for (Frame frame : frames) {
            if (frame.type == RawClient.HEADERS) {
                CharSequence value = decoded(decoder, frame).get(name);
                found = value == null ? found : value.toString();
            }
        }
        return found;
    }

    private static Http2Headers decoded(DefaultHttp2HeadersDecoder decoder, Frame frame) {
        try {
            return decoder.decodeHeaders(1, frame.payload.duplicate());
        } catch (Http2Exception e) {
            throw new AssertionError(e);
        }
    }
}
