/**
 * Runs the checks of the agent's plan at their times, with or without a hub. {@link Scheduler} is
 * the door; {@link Timetable} decides, {@link CheckRunner} runs, {@link PlanFile} keeps the plan,
 * {@link HubMayRun} says what a hub may have run here.
 */
@NullMarked
package io.happo.agent.scheduler;

import org.jspecify.annotations.NullMarked;
