// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import io.medicloud.srt.SrtListener;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** A port of the configured range that is one stream's alone: its encoder calls there. */
final class OwnPort implements Feed {
    private final SrtListener listener;
    private final PortRelease release;

    OwnPort(SrtListener listener, PortRelease release) {
        this.listener = listener;
        this.release = release;
    }

    @Override
    public int port() {
        return listener.localAddress().getPort();
    }

    @Override
    public void begin() {
        // It listens already: a caller that was early was told so, and comes again.
    }

    @Override
    public void onMedia() {}

    @Override
    public void onIdle(String why) {}

    @Override
    public void setReconnectWindow(Duration window) {
        // The pipeline's to judge.
    }

    @Override
    public void close() {
        listener.close();
    }

    @Override
    public CompletionStage<Void> released() {
        return release.whenFree(port());
    }
}
