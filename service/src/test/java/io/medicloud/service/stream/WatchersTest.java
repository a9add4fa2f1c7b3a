// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WatchersTest {
    private final Watchers watchers = new Watchers(2);

    @Test
    void aWatcherHearsNothingBeforeMediaFlowsThenTrueThenFalse() throws Exception {
        Heard heard = new Heard();
        watchers.add(heard);
        assertThat(heard.statuses).isEmpty();

        watchers.onStreaming();
        watchers.onStreaming();
        watchers.onEnded();

        assertThat(heard.statuses).containsExactly("streaming", "ended");
    }

    @Test
    void whoComesWhileMediaFlowsHearsSoAtOnce() throws Exception {
        watchers.onStreaming();
        Heard heard = new Heard();

        watchers.add(heard);

        assertThat(heard.statuses).containsExactly("streaming");
    }

    @Test
    void aStreamThatNeverHadMediaEndsAllTheSame() throws Exception {
        Heard heard = new Heard();
        watchers.add(heard);

        watchers.onEnded();

        assertThat(heard.statuses).containsExactly("ended");
    }

    @Test
    void whoWasTakenOffHearsNoMore() throws Exception {
        Heard heard = new Heard();
        watchers.add(heard).run();

        watchers.onStreaming();
        watchers.onEnded();

        assertThat(heard.statuses).isEmpty();
    }

    @Test
    void noMoreMayWatchThanTheLimitSays() throws Exception {
        Runnable first = watchers.add(new Heard());
        watchers.add(new Heard());
        assertThatThrownBy(() -> watchers.add(new Heard()))
                .isInstanceOfSatisfying(
                        StreamException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(StreamException.Kind.EXHAUSTED))
                .hasMessageContaining("stream.watchers: 2");

        first.run();

        Heard heard = new Heard();
        watchers.add(heard);
        watchers.onStreaming();
        assertThat(heard.statuses).containsExactly("streaming");
    }

    private static final class Heard implements StatusSink {
        private final List<String> statuses = new ArrayList<>();

        @Override
        public void onStreaming() {
            statuses.add("streaming");
        }

        @Override
        public void onEnded() {
            statuses.add("ended");
        }

        @Override
        public void onLeft() {
            statuses.add("left");
        }
    }
}
