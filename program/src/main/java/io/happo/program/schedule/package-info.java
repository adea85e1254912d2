/**
 * Runs the checks of a plan at their times: an agent its own, a hub those of agents that have no
 * connection to it. {@link io.happo.program.schedule.Scheduler} is the door; {@code Timetable}
 * decides.
 */
@NullMarked
package io.happo.program.schedule;

import org.jspecify.annotations.NullMarked;
