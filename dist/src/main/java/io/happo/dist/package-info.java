/**
 * Assembles what users get: one folder that runs wherever it is put, with its own Java runtime.
 * Runs in the build, never ships.
 */
@NullMarked
package io.happo.dist;

import org.jspecify.annotations.NullMarked;
