/**
 * Files that survive a crash: whole-file replacement and private directories. Knows nothing of
 * monitoring.
 */
@NullMarked
package io.happo.program.files;

import org.jspecify.annotations.NullMarked;
