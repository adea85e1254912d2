/**
 * What agent and hub share and what is pure: results, plugin output, metric lines, JSON. No socket,
 * file, process, thread or clock in here.
 */
@NullMarked
package io.happo.core;

import org.jspecify.annotations.NullMarked;
