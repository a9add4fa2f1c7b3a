// SPDX-License-Identifier: Apache-2.0
/** The dashboard's pages, as files of the class path. */
@NullMarked
package io.medicloud.service.web;

import org.jspecify.annotations.NullMarked;
