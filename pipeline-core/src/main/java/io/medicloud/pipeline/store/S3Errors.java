// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.store;

import io.medicloud.pipeline.store.StoreException.Kind;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.InvalidResponseException;
import io.minio.errors.ServerException;
import io.minio.errors.XmlParserException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What minio-java's failures mean: can asking again help, or must somebody change something? */
final class S3Errors {
    /** Codes that no second attempt mends. Anything else is taken to heal: giving up wrongly would lose a segment. */
    private static final Set<String> REFUSALS = Set.of(
            "AccessDenied",
            "AccountProblem",
            "AllAccessDisabled",
            "AuthorizationHeaderMalformed",
            "AuthorizationQueryParametersError",
            "BadRequest",
            "InvalidAccessKeyId",
            "InvalidArgument",
            "InvalidBucketName",
            "InvalidBucketState",
            "InvalidRequest",
            "InvalidSecurity",
            "InvalidToken",
            "MethodNotAllowed",
            "NoSuchBucket",
            "NoSuchKey",
            "NotImplemented",
            "NotSignedUp",
            "PermanentRedirect",
            "QuotaExceeded",
            "Redirect",
            "RequestTimeTooSkewed",
            "SignatureDoesNotMatch",
            "XMinioStorageFull",
            "ExpiredToken");

    /** Codes that tell of one object. */
    private static final Set<String> UNFIT = Set.of("EntityTooLarge", "KeyTooLongError");

    /** The store has answered, or was not reached at all. */
    private static final List<Class<? extends Throwable>> NO_IO_OF_OURS = List.of(
            ErrorResponseException.class,
            ServerException.class,
            InvalidResponseException.class,
            XmlParserException.class,
            S3Answers.Unusable.class,
            ConnectException.class,
            UnknownHostException.class);

    private static final int MOST_CHARS = 300;
    private static final int NOT_MODIFIED = 304;
    private static final int FORBIDDEN = 403;
    private static final int UNAUTHORIZED = 401;

    private S3Errors() {}

    /** The answer to a PUT with {@code If-None-Match: *} whose key is taken. Some MinIO versions answer 304. */
    static boolean isPreconditionFailed(Exception failure) {
        return find(failure, ErrorResponseException.class) instanceof ErrorResponseException e
                ? "PreconditionFailed".equals(e.errorResponse().code())
                : find(failure, ServerException.class) instanceof ServerException s && s.statusCode() == NOT_MODIFIED;
    }

    /** Something was read or sent, and failed before the store had answered. */
    static boolean isUnanswered(Exception failure) {
        return find(failure, IOException.class) != null
                && NO_IO_OF_OURS.stream().allMatch(type -> find(failure, type) == null);
    }

    static StoreException failure(String where, Exception failure) {
        boolean isAbsent = find(failure, ErrorResponseException.class) instanceof ErrorResponseException e
                && "NoSuchKey".equals(e.errorResponse().code());
        String what = where + ": " + describe(failure);
        return isAbsent ? StoreException.absent(what, failure) : new StoreException(kindOf(failure), what, failure);
    }

    private static Kind kindOf(Exception failure) {
        if (find(failure, ErrorResponseException.class) instanceof ErrorResponseException e) {
            String code = e.errorResponse().code();
            return UNFIT.contains(code) ? Kind.UNFIT : REFUSALS.contains(code) ? Kind.REFUSED : Kind.UNREACHABLE;
        }
        if (find(failure, ServerException.class) instanceof ServerException s) {
            return isRefusal(s.statusCode()) ? Kind.REFUSED : Kind.UNREACHABLE;
        }
        return Kind.UNREACHABLE;
    }

    private static boolean isRefusal(int status) {
        return status == FORBIDDEN || status == UNAUTHORIZED;
    }

    /** What a store says is its own: short, whatever it says. */
    private static String describe(Exception failure) {
        String what = what(failure);
        return what.length() <= MOST_CHARS ? what : what.substring(0, MOST_CHARS) + "…";
    }

    private static String what(Exception failure) {
        if (find(failure, ErrorResponseException.class) instanceof ErrorResponseException e) {
            return e.errorResponse().code() + ", " + e.errorResponse().message();
        }
        if (find(failure, S3Answers.Unusable.class) instanceof S3Answers.Unusable e) {
            return String.valueOf(e.getMessage());
        }
        if (find(failure, InvalidResponseException.class) != null || find(failure, XmlParserException.class) != null) {
            return "the answer is not that of an S3 store";
        }
        if (find(failure, UnknownHostException.class) != null) {
            return "unknown host";
        }
        if (find(failure, ConnectException.class) != null) {
            return "cannot connect";
        }
        if (find(failure, InterruptedIOException.class) != null) {
            return "no answer in time";
        }
        if (find(failure, IOException.class) instanceof IOException e) {
            return "connection failed: " + e.getMessage();
        }
        return String.valueOf(failure.getMessage());
    }

    private static @Nullable Throwable find(Throwable failure, Class<? extends Throwable> type) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 16; depth++) {
            if (type.isInstance(cause)) {
                return cause;
            }
            cause = cause.getCause();
        }
        return null;
    }
}
