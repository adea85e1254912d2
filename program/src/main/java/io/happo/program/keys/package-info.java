/** The key pair that a program shows over TLS, and makes at its first start. */
@NullMarked
package io.happo.program.keys;

import org.jspecify.annotations.NullMarked;
