/**
 * Where the log lines of every room go: behind the platform's own System.Logger, without
 * java.logging.
 */
@NullMarked
package io.happo.program.log;

import org.jspecify.annotations.NullMarked;
