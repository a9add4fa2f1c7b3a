// SPDX-License-Identifier: Apache-2.0
/** The API over plain HTTP: JSON, server-sent events, and the document that describes it. */
@NullMarked
package io.medicloud.service.rest;

import org.jspecify.annotations.NullMarked;
