/**
 * What runs where. {@link FleetPlan} is what people write; {@link Resolution} makes of it the
 * {@link Plan} of one agent, which travels as a {@link PlanDocument}; {@link Cron} says when a time
 * comes. Pure: agent and hub read, check and compare plans with the same code.
 *
 * <p>Whoever reads a plan is told all problems at once, each with its place ({@link Problem}).
 */
@NullMarked
package io.happo.core.plan;

import org.jspecify.annotations.NullMarked;
