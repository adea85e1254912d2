/** What the benches run inside a JVM; never shipped. */
@NullMarked
package io.happo.bench;

import org.jspecify.annotations.NullMarked;
