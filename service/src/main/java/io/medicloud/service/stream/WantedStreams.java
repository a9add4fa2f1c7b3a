// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.pipeline.record.Ledger;
import io.medicloud.pipeline.record.LedgerException;
import io.medicloud.pipeline.record.StreamRecord;
import io.medicloud.service.config.Secret;
import io.medicloud.service.log.LogFields;
import io.medicloud.service.security.SecretBox;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The streams that are to run also after the next start, in the durable record. Secrets (the passphrase, and the URL that is
 * called, which may hold one) are encrypted. Thread-safe.
 */
public final class WantedStreams {
    private static final Logger LOG = LoggerFactory.getLogger(WantedStreams.class);

    static final String PORT = "port";
    private static final String PASSPHRASE = "passphrase";
    private static final String UNENCRYPTED = "allow-unencrypted";
    private static final String URL = "source-url";
    private static final String STREAM_ID = "stream-id";
    static final String HAD_MEDIA = "had-media";
    private static final String STARTED = "started-ms";
    static final String CLIENT = "client";
    /** Tells the starts of a stream apart. */
    static final String START = "start";
    /** Of the first owner since that start. */
    static final String FIRST_EPOCH = "first-epoch";
    /** It ran here since this node of many owned it. */
    private static final String OWNED = "owned";
    /** In front of the names of settings that are others than those that were asked for at the start. */
    private static final String NOW = "now-";

    private final Ledger ledger;
    private final SecretBox box;

    /**
     * A stream as it ran.
     *
     * @param spec what it was asked to be at its start
     * @param settings what it has now
     * @param port the port that was its own; 0 if it had none
     * @param hadMedia its source has brought media
     * @param client who has started it; empty if that is not known
     * @param startedMs when that was, in milliseconds since 1970; 0 if it is just being started, or not known
     */
    record Wanted(StreamSpec spec, StreamSettings settings, int port, boolean hadMedia, String client, long startedMs) {
        /** One that is just being started. */
        Wanted(StreamSpec spec, StreamSettings settings, int port, boolean hadMedia, String client) {
            this(spec, settings, port, hadMedia, client, 0);
        }

        /** The same on another port; 0 for none of its own. */
        Wanted on(int other) {
            return new Wanted(spec, settings, other, hadMedia, client, startedMs);
        }

        /** The same, started now if it was not before. */
        Wanted begun(long nowMs) {
            return startedMs > 0 ? this : new Wanted(spec, settings, port, hadMedia, client, nowMs);
        }
    }

    public WantedStreams(Ledger ledger, SecretBox box) {
        this.ledger = ledger;
        this.box = box;
    }

    /** Records that a stream is to run; returns once that is on disk. */
    void add(Wanted stream) throws IOException {
        Ledger.await(put(stream));
    }

    /** The same of one that is to run on some node of many, and is this one's just now: what others may have by the next start is not started again by this one alone. */
    void addOwned(Wanted stream) throws IOException {
        Map<String, String> settings = new HashMap<>(settingsOf(stream));
        settings.put(OWNED, "true");
        Ledger.await(ledger.setWanted(stream.spec().liveId(), true, settings));
    }

    /** Records again, soon, that a stream is to run, though one of its id was recorded since. */
    void restore(Wanted stream) {
        put(stream);
    }

    private CompletionStage<Void> put(Wanted stream) {
        return ledger.setWanted(stream.spec().liveId(), true, settingsOf(stream));
    }

    /** What is to be recorded of a stream that has other settings from now on. */
    static Map<String, String> changed(StreamSettings settings) {
        return SettingsText.write(settings, NOW);
    }

    /** Records that media has come. */
    void onMedia(String liveId) {
        ledger.putSetting(liveId, HAD_MEDIA, "true");
    }

    /** Records that a stream is not to run any more; soon, and after all that was to be recorded before. */
    void remove(String liveId) {
        ledger.setWanted(liveId, false, Map.of());
    }

    /** The same of one that others run, and of which it is theirs to say in the store that it is over. */
    void removeQuietly(String liveId) {
        remove(liveId);
        ledger.onOverListed(liveId);
    }

    /** The streams that were to run when the record was last written; one whose settings cannot be read is told in the log. */
    List<Wanted> find() throws IOException {
        List<Wanted> wanted = new ArrayList<>();
        try {
            for (StreamRecord stream : ledger.streams()) {
                if (stream.isWanted() && stream.settings().containsKey(OWNED)) {
                    LOG.info("{}: was run as one of many nodes, and is not started again by itself", stream.id());
                    removeQuietly(stream.id());
                } else if (stream.isWanted()) {
                    Wanted read = read(stream);
                    if (read != null) {
                        wanted.add(read);
                    }
                }
            }
        } catch (LedgerException e) {
            throw new IOException(e.getMessage(), e);
        }
        return wanted;
    }

    private @Nullable Wanted read(StreamRecord stream) {
        try {
            return wantedOf(stream.id(), stream.settings());
        } catch (GeneralSecurityException e) {
            LOG.atError()
                    .addKeyValue(LogFields.STREAM, stream.id())
                    .log(
                            "{}: cannot start again: its passphrase was encrypted with another key ({}); security.recordKey, or"
                                    + " the key file, must be the one it was started with",
                            stream.id(),
                            e.getMessage());
        } catch (StreamException | IllegalArgumentException e) {
            LOG.atError()
                    .addKeyValue(LogFields.STREAM, stream.id())
                    .log("{}: cannot start again: its settings cannot be read: {}", stream.id(), e.getMessage());
        }
        return null;
    }

    Map<String, String> settingsOf(Wanted stream) {
        StreamSpec spec = stream.spec();
        Map<String, String> map = new HashMap<>();
        map.put(PORT, Integer.toString(stream.port()));
        map.put(CLIENT, stream.client());
        map.put(STARTED, stream.startedMs() > 0 ? Long.toString(stream.startedMs()) : "");
        map.put(HAD_MEDIA, stream.hadMedia() ? "true" : "");
        map.put(UNENCRYPTED, Boolean.toString(spec.allowUnencrypted()));
        map.put(PASSPHRASE, box.seal(spec.passphrase(), place(spec.liveId(), PASSPHRASE)));
        if (spec.ingress() instanceof Ingress.Pull pull) {
            map.put(URL, box.seal(Secret.of(pull.uri().toUrl()), place(spec.liveId(), URL)));
        } else if (spec.ingress() instanceof Ingress.Shared shared) {
            map.put(STREAM_ID, shared.resource());
        }
        map.putAll(SettingsText.write(spec.settings(), ""));
        map.values().removeIf(String::isEmpty);
        if (!stream.settings().equals(spec.settings())) {
            map.putAll(SettingsText.write(stream.settings(), NOW));
        }
        return map;
    }

    Wanted wantedOf(String liveId, Map<String, String> map) throws GeneralSecurityException, StreamException {
        Secret passphrase = box.open(map.getOrDefault(PASSPHRASE, ""), place(liveId, PASSPHRASE));
        String sealedUrl = map.get(URL);
        String url =
                sealedUrl == null ? "" : box.open(sealedUrl, place(liveId, URL)).reveal();
        String resource = map.get(STREAM_ID);
        Ingress ingress = resource == null ? Ingress.of(url, "") : new Ingress.Shared(resource);
        StreamSettings asked = SettingsText.read(map, "");
        StreamSettings settings = SettingsText.isIn(map, NOW) ? SettingsText.read(map, NOW) : asked;
        boolean isUnencrypted = Boolean.parseBoolean(map.get(UNENCRYPTED));
        return new Wanted(
                new StreamSpec(liveId, passphrase, isUnencrypted, ingress, asked),
                settings,
                Integer.parseInt(map.getOrDefault(PORT, "0")),
                Boolean.parseBoolean(map.get(HAD_MEDIA)),
                map.getOrDefault(CLIENT, ""),
                Long.parseLong(map.getOrDefault(STARTED, "0")));
    }

    private static String place(String liveId, String name) {
        return liveId + "/" + name;
    }
}
