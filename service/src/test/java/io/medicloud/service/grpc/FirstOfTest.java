// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Of several nodes one answers, or all fail. */
final class FirstOfTest {
    private final List<String> told = new ArrayList<>();
    private final FirstOf<String> first = new FirstOf<>(
            new StreamObserver<>() {
                @Override
                public void onNext(String answer) {
                    told.add(answer);
                }

                @Override
                public void onError(Throwable failure) {
                    told.add(Status.fromThrowable(failure).getCode().name());
                }

                @Override
                public void onCompleted() {
                    told.add("completed");
                }
            },
            3);

    private void fail(Status status) {
        first.one().onError(status.asRuntimeException());
    }

    @Test
    void theFirstAnswerIsTheOneThatIsTold() {
        fail(Status.NOT_FOUND);
        first.one().onNext("here");
        first.one().onNext("here too");
        assertThat(told).containsExactly("here", "completed");
    }

    @Test
    void whereNoneAnswersTheFailureIsToldThatSaysMost() {
        fail(Status.NOT_FOUND);
        fail(Status.FAILED_PRECONDITION);
        assertThat(told).isEmpty();
        fail(Status.UNAVAILABLE);
        assertThat(told).containsExactly("FAILED_PRECONDITION");
    }

    @Test
    void aNodeThatCannotBeAskedMayHaveIt() {
        fail(Status.NOT_FOUND);
        fail(Status.UNAVAILABLE);
        fail(Status.NOT_FOUND);
        assertThat(told).containsExactly("UNAVAILABLE");
    }
}
