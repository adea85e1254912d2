/** The programs: how the daemon is put together from its rooms, started, reloaded and stopped. */
@NullMarked
package io.happo.agent;

import org.jspecify.annotations.NullMarked;
