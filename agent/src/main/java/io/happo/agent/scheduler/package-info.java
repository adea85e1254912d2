/**
 * What the checks of the agent's plan run: {@link CheckRunner} runs, at the times of {@code
 * program.schedule}; {@link PlanFile} keeps the plan, {@link HubMayRun} says what a hub may have
 * run here.
 */
@NullMarked
package io.happo.agent.scheduler;

import org.jspecify.annotations.NullMarked;
