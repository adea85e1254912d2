/**
 * The built-in checks that look at the machine they run on: {@code /proc}, {@code /sys} and what
 * the C library tells. Loaded one by one, when they are asked for.
 */
@NullMarked
package io.happo.agent.machine;

import org.jspecify.annotations.NullMarked;
