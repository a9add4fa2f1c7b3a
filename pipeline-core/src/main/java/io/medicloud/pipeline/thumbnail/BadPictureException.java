// SPDX-License-Identifier: Apache-2.0
package io.medicloud.pipeline.thumbnail;

/** This picture could not be decoded: it is damaged, or beyond what the decoder knows. The next one may be decoded. */
final class BadPictureException extends Exception {
    private static final long serialVersionUID = 1;

    BadPictureException(String message) {
        super(message);
    }

    BadPictureException(String message, Throwable cause) {
        super(message, cause);
    }
}
