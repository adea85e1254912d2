/** What the original's clients ask of a management server: {@code /manage/*}. */
@NullMarked
package io.happo.hub.manage;

import org.jspecify.annotations.NullMarked;
