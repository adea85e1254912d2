/** What all programs of ours need at their rim. */
@NullMarked
package io.happo.program;

import org.jspecify.annotations.NullMarked;
