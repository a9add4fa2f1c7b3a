// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.Tenure;
import io.medicloud.service.stream.StreamException.Kind;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The streams that this node runs because it owns them: from their settings as all nodes have them, in which secrets are encrypted. Thread-safe. */
public final class OwnedStreams {
    private static final Logger LOG = LoggerFactory.getLogger(OwnedStreams.class);

    private final StreamRegistry streams;
    private final WantedStreams texts;

    /**
     * One that runs.
     *
     * @param settings as another owner would go on with them
     * @param closed completes when it is over, and its last segment is sealed
     */
    public record Running(StreamInfo info, Map<String, String> settings, CompletionStage<Void> closed) {}

    /** @param texts reads and writes settings; its key is that of all nodes */
    public OwnedStreams(StreamRegistry streams, WantedStreams texts) {
        this.streams = streams;
        this.texts = texts;
    }

    /** What this node's own record says is to run is not this node's to run. */
    public void forgetOwn() throws IOException {
        for (WantedStreams.Wanted stream : texts.find()) {
            LOG.debug("{} is run by whoever owns it", stream.spec().liveId());
            texts.remove(stream.spec().liveId());
        }
    }

    /**
     * What all nodes are told of a stream that is to run.
     *
     * @param client who starts it; empty if that is not known
     */
    public Map<String, String> settingsOf(StreamSpec spec, String client) {
        return texts.settingsOf(new WantedStreams.Wanted(spec, spec.settings(), 0, false, client));
    }

    /** Is it just the stream that runs with those settings? */
    public boolean isSame(StreamSpec spec, Map<String, String> settings) {
        try {
            return read(spec.liveId(), settings).spec().equals(spec);
        } catch (StreamException e) {
            return false;
        }
    }

    /** The same settings of a stream to which media has come. */
    public static Map<String, String> withMedia(Map<String, String> settings) {
        Map<String, String> with = new HashMap<>(settings);
        with.put(WantedStreams.HAD_MEDIA, "true");
        return with;
    }

    /**
     * Runs one, on the port that it had if that is free here. Blocks.
     *
     * @throws StreamException if it cannot; the kind says why
     */
    public Running open(String liveId, Map<String, String> settings, Tenure tenure) throws StreamException {
        WantedStreams.Wanted wanted = read(liveId, settings);
        LiveStream stream;
        try {
            stream = streams.start(wanted, false, tenure);
        } catch (StreamException e) {
            if (wanted.port() == 0) {
                throw e;
            }
            LOG.info("{}: cannot have port {} here: {}", liveId, wanted.port(), e.getMessage());
            stream = streams.start(wanted.on(0), false, tenure);
        }
        Map<String, String> now = new HashMap<>(settings);
        if (wanted.spec().ingress().equals(Ingress.OWN_PORT)) {
            now.put(WantedStreams.PORT, Integer.toString(stream.info().port()));
        }
        return new Running(stream.info(), now, stream.closed());
    }

    private WantedStreams.Wanted read(String liveId, Map<String, String> settings) throws StreamException {
        try {
            return texts.wantedOf(liveId, settings);
        } catch (GeneralSecurityException e) {
            throw new StreamException(
                    Kind.PRECONDITION, "security.recordKey: is not that of the node where the stream was started");
        } catch (IllegalArgumentException e) {
            throw new StreamException(Kind.INVALID, "the stream's settings cannot be read: " + e.getMessage());
        }
    }

    /** Ends one, delivering what has arrived. */
    public CompletionStage<Boolean> stop(String liveId) {
        return streams.stop(liveId);
    }
}
