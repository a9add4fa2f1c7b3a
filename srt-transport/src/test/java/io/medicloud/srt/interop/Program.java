// SPDX-License-Identifier: Apache-2.0
package io.medicloud.srt.interop;

import io.medicloud.srt.SrtMode;
import java.util.List;
import java.util.Locale;

/** Who can stand at an end of a {@link Cell}. */
enum Program {
    JAVA("our java stack"),
    LIBSRT("our libsrt stack"),
    SRT_LIVE_TRANSMIT("srt-live-transmit"),
    FFMPEG("ffmpeg"),
    GSTREAMER("GStreamer");

    private final String title;

    Program(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** Whether it is one of our stacks, which run in this process. */
    boolean isStack() {
        return this == JAVA || this == LIBSRT;
    }

    /** The name by which our stack is selected. */
    String stackName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** ffmpeg's rendezvous binds the peer's address as its own: it can meet nobody. */
    boolean can(SrtMode mode) {
        return this != FFMPEG || mode != SrtMode.RENDEZVOUS;
    }

    /** The command that sends its standard input, or receives to its standard output. */
    List<String> command(boolean sends, Place place, Terms terms) {
        String url = url(place, terms);
        return switch (this) {
            case SRT_LIVE_TRANSMIT -> {
                String from = sends ? "file://con" : url;
                String to = sends ? url : "file://con";
                yield List.of("srt-live-transmit", "-q", "-a:no", "-chunk:1316", from, to);
            }
            case FFMPEG -> {
                String from = sends ? "pipe:0" : url;
                String to = sends ? url : "pipe:1";
                String copy = "-hide_banner -nostats -loglevel error -f data -i " + from
                        + " -map 0 -c copy -f data -flush_packets 1 " + to;
                yield List.of(("ffmpeg " + copy).split(" ", -1));
            }
            case GSTREAMER -> {
                String from = sends ? "fdsrc fd=0 blocksize=1316" : "srtsrc uri=" + url;
                String to = sends ? "srtsink uri=" + url : "fdsink fd=1";
                yield List.of(("gst-launch-1.0 -q -e " + from + " ! " + to).split(" ", -1));
            }
            default -> throw new IllegalArgumentException(this + " runs in this process");
        };
    }

    private String url(Place place, Terms terms) {
        String mode = place.mode().name().toLowerCase(Locale.ROOT);
        StringBuilder url = new StringBuilder("srt://127.0.0.1:")
                .append(place.mode() == SrtMode.LISTENER ? place.localPort() : place.remotePort())
                .append("?mode=")
                .append(mode)
                .append("&latency=")
                .append(this == FFMPEG ? terms.latencyMs() * 1000 : terms.latencyMs());
        if (place.mode() == SrtMode.RENDEZVOUS) {
            url.append(
                    this == GSTREAMER
                            ? "&localaddress=127.0.0.1&localport=" + place.localPort()
                            : "&adapter=127.0.0.1&port=" + place.localPort());
        }
        if (this == FFMPEG) {
            url.append("&pkt_size=1316");
        }
        if (terms.keyBits() > 0) {
            url.append("&passphrase=")
                    .append(Terms.PASSPHRASE)
                    .append("&pbkeylen=")
                    .append(terms.keyBits() / 8);
        }
        return url.toString();
    }

    /**
     * How an end meets the other.
     *
     * @param localPort of a listener and in rendezvous, else 0
     * @param remotePort of a caller and in rendezvous, else 0
     */
    record Place(SrtMode mode, int localPort, int remotePort) {}

    /**
     * What both ends are told.
     *
     * @param keyBits 0: plain
     */
    record Terms(int latencyMs, int keyBits) {
        static final String PASSPHRASE = "correct-horse-battery";
    }
}
