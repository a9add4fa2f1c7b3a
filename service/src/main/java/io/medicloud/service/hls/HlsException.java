// SPDX-License-Identifier: Apache-2.0
package io.medicloud.service.hls;

import com.linecorp.armeria.common.HttpStatus;

/** A request cannot be answered; the message says why, in one line. */
final class HlsException extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;

    HlsException(HttpStatus status, String message) {
        super(message);
        this.status = status.code();
    }

    HttpStatus status() {
        return HttpStatus.valueOf(status);
    }

    static HlsException notFound(String message) {
        return new HlsException(HttpStatus.NOT_FOUND, message);
    }

    /** It may be tried again. */
    static HlsException unavailable(String message) {
        return new HlsException(HttpStatus.SERVICE_UNAVAILABLE, message);
    }

    static HlsException badRequest(String message) {
        return new HlsException(HttpStatus.BAD_REQUEST, message);
    }
}
