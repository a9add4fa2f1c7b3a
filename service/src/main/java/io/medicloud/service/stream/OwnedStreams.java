// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.Tenure;
import io.medicloud.service.stream.StreamException.Kind;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
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
     * @param changed what of its settings is another now, for whoever owns it next
     * @param closed completes when it is over, and its last segment is sealed
     * @param end ends it, however late it is asked to, and never another of its id
     */
    public record Running(StreamInfo info, Map<String, String> changed, CompletionStage<Void> closed, End end) {}

    /** Ends a stream, delivering what has arrived. */
    public interface End {
        /**
         * Ends it, if it runs still.
         *
         * @param isOver false if another node goes on with it: nowhere is said that it is over
         */
        void run(boolean isOver);
    }

    /**
     * One that was changed.
     *
     * @param update what its client is told
     * @param changed what of its settings is another now, for whoever owns it next
     */
    public record Changed(StreamRegistry.Updated update, Map<String, String> changed) {}

    /** @param texts reads and writes settings; its key is that of all nodes */
    public OwnedStreams(StreamRegistry streams, WantedStreams texts) {
        this.streams = streams;
        this.texts = texts;
    }

    /** What this node's own record says is to run is not this node's to run. */
    public void forgetOwn() throws IOException {
        for (WantedStreams.Wanted stream : texts.find()) {
            LOG.debug("{} is run by whoever owns it", stream.spec().liveId());
            texts.removeQuietly(stream.spec().liveId());
        }
    }

    /**
     * What all nodes are told of a stream that is to run.
     *
     * @param client who starts it; empty if that is not known
     */
    public Map<String, String> settingsOf(StreamSpec spec, String client) {
        Map<String, String> settings = new HashMap<>(texts.settingsOf(
                new WantedStreams.Wanted(spec, spec.settings(), 0, false, client).begun(System.currentTimeMillis())));
        settings.put(WantedStreams.START, UUID.randomUUID().toString());
        return settings;
    }

    /** Who has started a stream; empty if that is not known. */
    public static String clientOf(Map<String, String> settings) {
        return settings.getOrDefault(WantedStreams.CLIENT, "");
    }

    /** Had it another owner since it was started, in an epoch before that one? */
    public static boolean hasMoved(Map<String, String> settings, long epoch) {
        String first = settings.get(WantedStreams.FIRST_EPOCH);
        return first != null && !first.equals(Long.toString(epoch));
    }

    /** Are both of one start of a stream, and not of one that was stopped and of the next? */
    public static boolean areOfOneStart(Map<String, String> some, Map<String, String> others) {
        return Objects.equals(some.get(WantedStreams.START), others.get(WantedStreams.START));
    }

    /** Is it just the stream that runs with those settings? */
    public boolean isSame(StreamSpec spec, Map<String, String> settings) {
        try {
            return read(spec.liveId(), settings).spec().equals(spec);
        } catch (StreamException e) {
            return false;
        }
    }

    /** What of a stream's settings is another once media has come. */
    public static Map<String, String> withMedia() {
        return Map.of(WantedStreams.HAD_MEDIA, "true");
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
            stream = streams.start(wanted, StreamRegistry.Why.OWNED, tenure);
        } catch (StreamException e) {
            if (wanted.port() == 0) {
                throw e;
            }
            LOG.info("{}: cannot have port {} here: {}", liveId, wanted.port(), e.getMessage());
            stream = streams.start(wanted.on(0), StreamRegistry.Why.OWNED, tenure);
        }
        Map<String, String> changed = new HashMap<>();
        if (wanted.spec().ingress().equals(Ingress.OWN_PORT)) {
            changed.put(WantedStreams.PORT, Integer.toString(stream.info().port()));
        }
        if (!settings.containsKey(WantedStreams.FIRST_EPOCH)) {
            changed.put(WantedStreams.FIRST_EPOCH, Long.toString(tenure.epoch()));
        }
        LiveStream opened = stream;
        return new Running(stream.info(), changed, stream.closed(), isOver -> streams.end(opened, isOver));
    }

    /**
     * Changes one that runs here. Blocks.
     *
     * @throws StreamException if it cannot; the message names the field
     */
    public Changed update(StreamUpdate update) throws StreamException {
        StreamRegistry.Updated updated = streams.update(update);
        return new Changed(updated, WantedStreams.changed(updated.settings()));
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
}
