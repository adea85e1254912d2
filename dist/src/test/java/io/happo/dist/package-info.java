/** Tests of the assembled distribution; they run after it was assembled. */
@NullMarked
package io.happo.dist;

import org.jspecify.annotations.NullMarked;
